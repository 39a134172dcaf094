using QatGen.Graphs;
using QatGen.Marches;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>A resize of the axes behind the channels by linear interpolation or to the nearest element; keeps the scale.</summary>
internal sealed class Interpolate() : Operator("Interpolate")
{
    private static readonly Seq<string> Linear = new("Linear", "Bilinear");

    public override Seq<Form> Forms => new(
        new(FormKind.Functional, "interpolate"), new(FormKind.Functional, "upsample"), new(FormKind.Functional, "upsample_bilinear"), new(FormKind.Module, "Upsample"),
        new(FormKind.Functional, "upsample_nearest1d"), new(FormKind.Functional, "upsample_nearest2d"), new(FormKind.Functional, "upsample_nearest3d"));

    public override Seq<string> Structural => new("size", "outputSize", "outputSizes", "scale_factor", "scaleFactor", "scaleFactors", "mode", "align_corners", "recompute_scale_factor", "antialias");

    public override IEnumerable<Violation> Check(Node node)
    {
        if (!IsNearest(node) && !Linear.Contains(Mode(node)))
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "mode", Mode(node), "nearest, linear or bilinear");
        }

        if (node.Flag("antialias", false))
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "antialias", "true", "no antialiasing");
        }

        var (sizes, factors) = (Sizes(node), Factors(node));
        if (sizes.Count > 0 == factors.Count > 0 || sizes.Count + factors.Count > 3 || sizes.Concat(factors).Any(static n => !(n > 0) || double.IsInfinity(n)))
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "size", node.Attributes.ToString(), "a size or a scale factor above 0 for each axis");
        }
    }

    public override Seq<MarchNote> MarchNotes => new(
        MarchNote.Only(On.BothBayes, new("align_corners false", static u => !u.Node.Flag("align_corners", false), static u => u.Node.Attributes.ToString())),
        MarchNote.Only(On.BothBayes, new("recompute_scale_factor, or scale factors that are whole", static u => u.Node.Flag("recompute_scale_factor", false) || Factors(u.Node).All(static f => f == Math.Floor(f)), static u => u.Node.Attributes.ToString())));

    public override Seq<ConstantRole> Constants(Node node) => IsNearest(node) ? Seq<ConstantRole>.Empty : new(ConstantRole.Rescale(node) with { ScaleOf = 0 });

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants) =>
        IsNearest(node) ? p.Move(inputs[0], Nearest(node)) : p.Rescale([p.Resize(inputs[0], Geometry(node))], constants[0]);

    private static Movement.Nearest Nearest(Node node)
    {
        double[] factors = [0, 0, 0, .. Factors(node)];
        var from = factors.Length - 3;
        return new(Whole(Sizes(node)), factors[from], factors[from + 1], factors[from + 2], node.Flag("recompute_scale_factor", false));
    }

    private static ResizeGeometry Geometry(Node node) => new(
        Whole(Sizes(node)), Factors(node), node.Flag("align_corners", false), node.Flag("recompute_scale_factor", false));

    private static string Mode(Node node) => node.Attributes["mode"] is Value.Member mode ? mode.Name : node.Form.Name == "upsample_bilinear" ? "Bilinear" : "Nearest";

    private static bool IsNearest(Node node) => Mode(node) == "Nearest";

    private static Seq<int> Whole(Seq<double> numbers) => numbers.Select(static n => (int)Math.Min(n, int.MaxValue)).ToSeq();

    private static new Seq<double> Sizes(Node node) => Numbers(node, "size", "outputSize", "outputSizes");

    private static Seq<double> Factors(Node node) => Numbers(node, "scale_factor", "scaleFactor", "scaleFactors");

    private static Seq<double> Numbers(Node node, params string[] names) => names.Select(n => node.Attributes[n]).FirstOrDefault(static v => v is not null) switch
    {
        Value.Items items => items.Elements.Select(Number).ToSeq(),
        { } one => new(Number(one)),
        null => Seq<double>.Empty,
    };

    private static double Number(Value value) => value switch { Value.Integer i => i.Number, Value.Real r => r.Number, _ => double.NaN };

    public override IEnumerable<Example> Examples()
    {
        static Node Resize(string key, Value[] values, bool align = false, bool recompute = false, string mode = "Bilinear") => new("Interpolate", "resize", new(FormKind.Functional, "interpolate"), new(0), new()
        {
            [key] = new Value.Items(new(values)),
            ["mode"] = new Value.Member("TorchSharp.torch.InterpolationMode." + mode),
            ["align_corners"] = align,
            ["recompute_scale_factor"] = recompute,
        });

        yield return Example.Of("double", Resize("scale_factor", [2.0, 2.0]), [2, 5, 3, 7]);
        yield return Example.Of("half", Resize("scale_factor", [0.5, 0.5], recompute: true), [1, 17, 6, 9]);
        yield return Example.Of("factor", Resize("scale_factor", [1.7, 0.6]), [1, 3, 5, 9]);
        yield return Example.Of("factor recomputed", Resize("scale_factor", [1.7, 0.6], recompute: true), [1, 3, 5, 9]);
        yield return Example.Of("size", Resize("size", [7, 4]), [2, 4, 3, 9]);
        yield return Example.Of("corners", Resize("size", [9, 5], align: true), [1, 6, 4, 3]);
        yield return Example.Of("to a point", Resize("size", [1, 1], align: true), [1, 2, 4, 3]);
        yield return Example.Of("from a point", Resize("size", [3, 4]), [1, 33, 1, 1]);
        yield return Example.Of("line", Resize("size", [11], mode: "Linear"), [2, 3, 4]);
        yield return Example.Of("nearest double", Resize("scale_factor", [2.0, 2.0], mode: "Nearest"), [2, 5, 3, 4]);
        yield return Example.Of("nearest by factors", Resize("scale_factor", [1.7, 0.6], mode: "Nearest"), [2, 17, 3, 7]);
        yield return Example.Of("nearest recomputed", Resize("scale_factor", [1.3, 2.6], recompute: true, mode: "Nearest"), [1, 5, 5, 4]);
        yield return Example.Of("nearest size", Resize("size", [7, 3], mode: "Nearest"), [2, 5, 3, 11]);
        yield return Example.Of("nearest of a line", Resize("size", [15], mode: "Nearest"), [2, 9, 7]);
        yield return Example.Of("nearest of a volume", Resize("scale_factor", [2.0, 1.0, 1.5], mode: "Nearest"), [1, 3, 2, 1, 4]);
    }
}
