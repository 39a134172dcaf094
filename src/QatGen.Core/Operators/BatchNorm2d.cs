using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>Batch normalization over channels; it exists only as part of the convolution before it.</summary>
internal sealed class BatchNorm2d() : Operator("BatchNorm2d")
{
    public override string ShortName => "Bn";

    public override Seq<Form> Forms => new(new Form(FormKind.Module, "BatchNorm2d"));

    public override Fusion Fusion => Fusion.BatchNorm;

    public override Seq<string> Structural => new("eps", "affine", "track_running_stats");

    public override IEnumerable<Violation> Check(Node node)
    {
        if (!node.Flag("track_running_stats", true))
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "track_running_stats", "false", "running statistics, which folding needs");
        }
    }

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants) =>
        throw new InvalidOperationException($"'{node.Path}' was not folded into a convolution; the rules should have refused it.");

    public override IEnumerable<Example> Examples() => [];
}
