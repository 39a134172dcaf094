using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ModelZoo;

/// <summary>Joins the channels of two maps.</summary>
public sealed class Concat() : Module<Tensor, Tensor, Tensor>(nameof(Concat))
{
    public override Tensor forward(Tensor x, Tensor skip) => cat([x, skip], 1);
}
