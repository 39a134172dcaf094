using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>Maps resized to the nearest element, by sizes or factors.</summary>
internal sealed class Interpolate() : MovementOperator(
    "Interpolate",
    new(FormKind.Functional, "interpolate"),
    new(FormKind.Module, "Upsample"),
    new(FormKind.Functional, "upsample_nearest1d"),
    new(FormKind.Functional, "upsample_nearest2d"),
    new(FormKind.Functional, "upsample_nearest3d"))
{
    protected override Seq<string> Axes => Seq<string>.Empty;

    public override Seq<string> Structural => new("size", "outputSize", "outputSizes", "scale_factor", "scaleFactor", "scaleFactors", "mode", "recompute_scale_factor", "antialias");

    public override IEnumerable<Violation> Check(Node node)
    {
        var (sizes, factors) = (Pieces(node), Factors(node));
        if ((sizes.Count > 0) == (factors.Length > 0) || sizes.Count > 3 || factors.Length > 3 || sizes.Any(static s => s < 1) || factors.Any(static f => !(f > 0) || double.IsInfinity(f)))
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "sizes", node.Attributes.ToString(), "positive sizes or factors, one for each axis behind the channels");
        }

        if (node.Attributes["mode"] is Value.Member { Name: not "Nearest" } mode)
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "mode", mode.Name, "the mode Nearest");
        }
    }

    protected override IEnumerable<Movement> Movements(Node node)
    {
        double[] factors = [0, 0, 0, .. Factors(node)];
        var from = factors.Length - 3;
        return [new Movement.Nearest(Pieces(node), factors[from], factors[from + 1], factors[from + 2], node.Flag("recompute_scale_factor", false))];
    }

    private static Seq<int> Pieces(Node node) => Numbers(node, "size", "outputSize", "outputSizes");

    private static double[] Factors(Node node) => (node.Attributes["scale_factor"] ?? node.Attributes["scaleFactor"] ?? node.Attributes["scaleFactors"]) switch
    {
        Value.Items { Elements: var e } => [.. e.Select(Real)],
        { } one => [Real(one)],
        null => [],
    };

    private static double Real(Value value) => value is Value.Integer i ? i.Number : value is Value.Real r ? r.Number : double.NaN;

    public override IEnumerable<Example> Examples()
    {
        static Node Call(AttributeMap arguments) => new("Interpolate", "up", new(FormKind.Functional, "interpolate"), new(0), arguments);
        static Node By(params double[] factors) => Call(new() { ["scale_factor"] = new Value.Items(factors.Select(static f => (Value)f).ToSeq()) });
        static Node To(params long[] sizes) => Call(new() { ["size"] = sizes });
        yield return Example.Of("twice", By(2, 2), [2, 5, 3, 4]);
        yield return Example.Of("by fractions", By(1.7, 0.6), [2, 17, 3, 7]);
        yield return Example.Of("to sizes", To(7, 3), [2, 5, 3, 11]);
        yield return Example.Of("recomputed", Call(new() { ["scale_factor"] = new Value.Items(new(1.3, 2.6)), ["recompute_scale_factor"] = true }), [1, 5, 5, 4]);
        yield return Example.Of("sequence", To(15), [2, 9, 7]);
        yield return Example.Of("5-D", By(2, 1, 1.5), [1, 3, 2, 1, 4]);
    }
}
