using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ModelZoo;

/// <summary>PointNet's alignment network: points [N, size, points] to a matrix [N, size, size] that starts near the identity.</summary>
public sealed class TNet : Module<Tensor, Tensor>
{
    private readonly Sequential mlp, fc;
    private readonly Tensor identity;
    private readonly int size;

    public TNet(int size) : base(nameof(TNet))
    {
        this.size = size;
        mlp = PointMlp.Shared(size, 64, 128, 1024);
        fc = PointMlp.Dense(1024, 512, 256);
        fc.append("out", Linear(256, size * size));
        identity = eye(size);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        x = mlp.call(x);
        x = x.amax([2]);
        x = fc.call(x);
        return x.view(-1, size, size) + identity;
    }
}
