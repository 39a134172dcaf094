using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ModelZoo;

/// <summary>Integral of distribution focal loss (Li et al. 2020): [N, 4 * bins, A] to the expected distances [N, 4, A], in bins.</summary>
public sealed class Dfl : Module<Tensor, Tensor>
{
    private readonly Conv2d conv;
    private readonly int bins;

    public Dfl(int bins = 16) : base(nameof(Dfl))
    {
        this.bins = bins;
        conv = Conv2d(bins, 1, kernel_size: 1, bias: false);
        conv.weight = Parameter(arange(bins, dtype: float32).view(1, bins, 1, 1), requires_grad: false);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        var (batch, anchors) = (x.shape[0], x.shape[2]);
        x = x.view(batch, 4, bins, anchors).transpose(2, 1).softmax(1);
        return conv.call(x).view(batch, 4, anchors);
    }
}
