using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>
/// Batch normalization over channels with running statistics. Behind a convolution that only it reads it is part of that; alone it is a convolution of each element by itself, whose weight is
/// gamma / sqrt(var + eps) and whose bias is beta - mean * gamma / sqrt(var + eps).
/// </summary>
internal abstract class BatchNormOperator(string name, int rank) : Operator(name)
{
    public override string ShortName => "Bn";

    public override Seq<Form> Forms => new(new Form(FormKind.Module, Name));

    public override Fusion Fusion => Fusion.BatchNorm;

    public override bool OwnsScale => true;

    public override bool TakesActivation => true;

    public override Seq<string> Structural => new("eps", "affine", "track_running_stats");

    /// <summary>The momentum only matters while training; where a constructor argument decides it, PyTorch's default stands in.</summary>
    public override Seq<string> Sizes => new("num_features", "momentum");

    public override IEnumerable<Violation> Check(Node node)
    {
        if (!node.Flag("track_running_stats", true))
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "track_running_stats", "false", "running statistics, which folding needs");
        }
    }

    public override Seq<ConstantRole> Constants(Node node) =>
        new(ConstantRole.Weight(node.Count("num_features"), 1, 1, 1), ConstantRole.Bias(node.Count("num_features")), ConstantRole.Rescale(node));

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants) =>
        p.Rescale([p.Conv(inputs[0], constants[0], constants[1], new(Groups: node.Count("num_features"), Rank: rank))], constants[2]);

    protected Node Call(int channels) => new(Name, "bn", new(FormKind.Module, Name), new(0), new() { ["num_features"] = channels });
}

/// <summary>Batch normalization of [N, C] or [N, C, L].</summary>
internal sealed class BatchNorm1d() : BatchNormOperator("BatchNorm1d", rank: 0)
{
    public override IEnumerable<Example> Examples()
    {
        yield return Example.Of("vectors", Call(17), [3, 17]);
        yield return Example.Of("rows", Call(5), [2, 5, 9]);
        yield return Example.Of("one channel", Call(1), [2, 1, 4]);
    }
}

/// <summary>Batch normalization of [N, C, H, W].</summary>
internal sealed class BatchNorm2d() : BatchNormOperator("BatchNorm2d", rank: 4)
{
    public override IEnumerable<Example> Examples()
    {
        yield return Example.Of("maps", Call(17), [2, 17, 5, 4]);
        yield return Example.Of("relu", Call(8) with { Absorbed = new(new Node("ReLU", "relu", new(FormKind.Module, "ReLU"), new(0), new())) }, [2, 8, 3, 3]);
    }
}

/// <summary>Batch normalization of [N, C, D, H, W].</summary>
internal sealed class BatchNorm3d() : BatchNormOperator("BatchNorm3d", rank: 5)
{
    public override IEnumerable<Example> Examples()
    {
        yield return Example.Of("volumes", Call(6), [2, 6, 3, 4, 5]);
    }
}
