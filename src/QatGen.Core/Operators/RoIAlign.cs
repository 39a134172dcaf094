using QatGen.Graphs;
using QatGen.Marches;
using QatGen.Passes;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>What all forms of sampling regions of interest share: a grid of points of each box, the map there, and the mean of the points of each bin.</summary>
internal abstract class RegionOperator(string name) : Operator(name)
{
    public override Seq<Form> Forms => new(new Form(FormKind.Module, Name));

    public override bool OwnsScale => true;

    public override bool IsComposite(Node node) => true;

    /// <summary>Those of a blend at positions of <see cref="GridConstant.BitsFor"/> bits, and half a step of the mean.</summary>
    public override (double Int8, double Int16) CompositeSteps => (1.5, 600);

    public override Seq<MarchNote> MarchNotes => new(MarchNote.Refused(On.Bernoulli2));

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants) => throw new InvalidOperationException($"'{node.Path}' was not expanded.");

    protected static bool HasRegions(Node node) => node.IsPerAxis("outputSize", 2) && node.Numbers("outputSize", 2, 0).All(static n => n > 0) && node.Integer("samplingRatio", 0) > 0;

    protected static bool IsPositive(double number) => number > 0 && !double.IsInfinity(number);

    protected Violation Wrong(Node node, string allowed) => Violation.Of(CaptureRules.Argument, node.Path, Name, "arguments", node.Attributes.ToString(), allowed);

    /// <summary>The regions [N, boxes, C, PH, PW] of one map; <paramref name="result"/> writes the last call.</summary>
    protected static int Regions(Expansion call, string name, int map, int boxes, double spatialScale, bool isAligned, Func<string, Seq<int>, AttributeMap, int> result)
    {
        var (shape, corners) = (call.Shape(map), call.Shape(boxes));
        if (shape.Count != 4 || corners.Count != 3 || corners[2] != 4)
        {
            throw QatGenException.Of(ShapeRules.Boxes, call.Node.Path, call.Fact(boxes).ToString(), call.Fact(map).ToString());
        }

        var (size, points) = (call.Node.Numbers("outputSize", 2, 1), (int)call.Node.Integer("samplingRatio", 1));
        var grid = call.Add(name + "grid", "RegionGrid", new(boxes), new()
        {
            ["rows"] = size[0] * points,
            ["columns"] = size[1] * points,
            ["height"] = shape[2],
            ["width"] = shape[3],
            ["spatialScale"] = spatialScale,
            ["aligned"] = isAligned,
        });
        var sampled = call.Configured(name + "sample", "GridSample", new(map, grid), new()
        {
            ["mode"] = new Value.Member("TorchSharp.torch.GridSampleMode.Bilinear"),
            ["padding_mode"] = new Value.Member("TorchSharp.torch.GridSamplePaddingMode.Border"),
            ["align_corners"] = false,
        });
        var binned = points == 1 ? sampled : call.Configured(name + "pool", "AvgPool2d", new(sampled), new() { ["kernel_size"] = points, ["stride"] = points });
        var apart = call.Configured(name + "view", "View", new(binned), new() { ["shape"] = new Value.Items(new(new Value.InputSize(0), shape[1], corners[1], size[0], size[1])) });
        return result("Permute", new(apart), new() { ["permutation"] = new long[] { 0, 2, 1, 3, 4 } });
    }
}

/// <summary>Bins of boxes [N, boxes, 4] (left, top, right, bottom), each the mean of points of a map between which it is interpolated.</summary>
internal sealed class RoIAlign() : RegionOperator("RoIAlign")
{
    public override string ModuleType => "torch.nn.Module<torch.Tensor, torch.Tensor, torch.Tensor>";

    public override Seq<string> Structural => new("outputSize", "spatialScale", "samplingRatio", "aligned");

    public override IEnumerable<Violation> Check(Node node)
    {
        if (node.Inputs.Count != 2 || !HasRegions(node) || !IsPositive(node.Real("spatialScale", 1)))
        {
            yield return Wrong(node, "a map and boxes, positive sizes and a positive scale, and a sampling ratio that does not depend on the box: at least 1");
        }
    }

    public override int[] Expand(Expansion call) =>
        [Regions(call, "", call.Inputs[0], call.Inputs[1], call.Node.Real("spatialScale", 1), call.Node.Flag("aligned", false), (op, inputs, attributes) => call.Result(op, inputs, attributes))];

    public override IEnumerable<Example> Examples()
    {
        static Node Of(Value size, double scale, int points, bool isAligned) => new("RoIAlign", "regions", new(FormKind.Module, "RoIAlign"), new(0, 1), new()
        {
            ["outputSize"] = size,
            ["spatialScale"] = scale,
            ["samplingRatio"] = points,
            ["aligned"] = isAligned,
        });
        yield return Example.Of("aligned", Of(3, 2, 2, true), [2, 5, 7, 9], [2, 4, 4]);
        yield return Example.Of("not aligned", Of(2, 4, 2, false), [1, 17, 6, 5], [1, 3, 4]);
        yield return Example.Of("sides differ", Of(new long[] { 2, 5 }, 1.5, 3, true), [1, 3, 6, 8], [1, 5, 4]);
        yield return Example.Of("one box", Of(1, 1, 2, true), [2, 2, 4, 4], [2, 1, 4]);
        yield return Example.Of("narrower than an element", Of(2, 1 / 16.0, 2, false), [2, 3, 4, 5], [2, 9, 4]);
    }
}
