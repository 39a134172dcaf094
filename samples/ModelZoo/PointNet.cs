using QatGen;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ModelZoo;

/// <summary>PointNet classification (Qi et al. 2017): [N, 3, points] to class logits [N, classes], and the feature transform [N, 64, 64] that the paper regularizes (null without one).</summary>
[QatModel(March.Bayes)]
[ModelArgs]
[InputShape(1, 3, 1024)]
public sealed partial class PointNet : Module<Tensor, (Tensor Logits, Tensor? Transform)>
{
    private readonly TNet? stn, fstn;
    private readonly Sequential mlp1, mlp2, head;

    public PointNet(int classes = 40, bool inputTransform = true, bool featureTransform = true, double dropout = 0.3) : base(nameof(PointNet))
    {
        stn = inputTransform ? new TNet(3) : null;
        mlp1 = PointMlp.Shared(3, 64, 64);
        fstn = featureTransform ? new TNet(64) : null;
        mlp2 = PointMlp.Shared(64, 64, 128, 1024);
        head = PointMlp.Dense(1024, 512, 256);
        head.append("dropout", Dropout(dropout));
        head.append("fc", Linear(256, classes));
        RegisterComponents();
    }

    public override (Tensor Logits, Tensor? Transform) forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        if (stn is not null)
        {
            x = Transformed(x, stn.call(x));
        }

        x = mlp1.call(x);
        var transform = fstn?.call(x);
        if (transform is not null)
        {
            x = Transformed(x, transform);
        }

        x = mlp2.call(x).max(2).values;
        return (head.call(x).MoveToOuterDisposeScope(), transform?.MoveToOuterDisposeScope());
    }

    /// <summary>Each point, a row vector, times the matrix.</summary>
    private static Tensor Transformed(Tensor points, Tensor matrix) => points.transpose(2, 1).bmm(matrix).transpose(2, 1);
}
