using QatGen.Graphs;
using QatGen.Passes;

namespace QatGen.Operators;

/// <summary>
/// <see cref="RoIAlign"/> on 1 to 5 maps, each half as large as the one before, of which a box takes the one of its level (feature pyramid networks, Lin et al. 2017): floor(canonicalLevel + log2(sqrt(area) / canonicalScale)),
/// within those that there are. A level begins at an area that is known before, so boxes are compared with these and no logarithm is taken.
/// </summary>
internal sealed class MultiScaleRoIAlign() : RegionOperator("MultiScaleRoIAlign")
{
    private const int LargestCount = 5;

    /// <summary>Half a step more than one map's: the choice among them is rounded to one scale.</summary>
    public override (double Int8, double Int16) CompositeSteps => (2, 600);

    public override string ModuleType => "torch.nn.Module<torch.Tensor[], torch.Tensor, torch.Tensor>";

    public override Seq<string> Structural => new("spatialScales", "outputSize", "samplingRatio", "canonicalScale", "canonicalLevel");

    public override string FloatCall(Node node, string module, string[] inputs) =>
        $"{module}.call(new[] {{ {string.Join(", ", inputs.Take(inputs.Length - 1))} }}, {inputs[inputs.Length - 1]})";

    public override IEnumerable<Violation> Check(Node node)
    {
        var scales = Scales(node);
        var halve = scales.Count > 0 && scales.Count <= LargestCount && scales.All(IsPositive) && scales.Skip(1).Zip(scales, static (next, scale) => 2 * next == scale).All(static half => half);
        if (!halve || node.Inputs.Count != scales.Count + 1 || !HasRegions(node) || node.Integer("canonicalScale", 1) < 1)
        {
            yield return Wrong(node, "an array of 1 to 5 maps and boxes, a positive scale for each map, half of the one before, positive sizes and a sampling ratio of at least 1");
        }
    }

    public override int[] Expand(Expansion call)
    {
        var (scales, boxes) = (Scales(call.Node), call.Inputs[call.Inputs.Count - 1]);
        if (scales.Count == 1)
        {
            return [Regions(call, "", call.Inputs[0], boxes, scales[0], isAligned: false, (op, inputs, attributes) => call.Result(op, inputs, attributes))];
        }

        var chosen = Of(0);
        for (var level = 1; level < scales.Count; level++)
        {
            var excess = call.Add($"level{level}_area", "RegionArea", new(boxes), new() { ["threshold"] = Threshold(call.Node, scales[level]) });
            Seq<int> choice = new(call.Add($"level{level}_reached", "Ge", new(excess), new() { ["right"] = 0 }), Of(level), chosen);
            chosen = level == scales.Count - 1 ? call.Result("Where", choice) : call.Add($"level{level}_chosen", "Where", choice);
        }

        return [chosen];

        int Of(int level) => Regions(
            call, $"level{level}_", call.Inputs[level], boxes, scales[level], isAligned: false, (op, inputs, attributes) => call.Configured($"level{level}_regions", op, inputs, attributes));
    }

    /// <summary>The area from which on a box takes the map of a scale: that of level -log2(scale).</summary>
    private static double Threshold(Node node, double scale)
    {
        var side = node.Integer("canonicalScale", 224) / scale / Math.Pow(2, node.Integer("canonicalLevel", 4));
        return side * side;
    }

    private static Seq<double> Scales(Node node) => node.Attributes["spatialScales"] is not Value.Items items ? Seq<double>.Empty
        : items.Elements.Select(static e => e switch { Value.Real r => r.Number, Value.Integer i => i.Number, _ => double.NaN }).ToSeq();

    public override IEnumerable<Example> Examples()
    {
        Node Of(int scale, Value size, int points, params double[] scales) => At(0, scale, size, points, scales);
        Node At(int level, int scale, Value size, int points, params double[] scales) => new(Name, "regions", Forms[0], new(0), new()
        {
            ["spatialScales"] = new Value.Items(scales.Select(static s => (Value)s).ToSeq()),
            ["outputSize"] = size,
            ["samplingRatio"] = points,
            ["canonicalScale"] = scale,
            ["canonicalLevel"] = level,
        });
        yield return Example.Of("two maps", Of(1, 2, 2, 4, 2), [2, 5, 9, 7], [2, 5, 5, 4], [2, 6, 4]);
        yield return Example.Of("five maps", Of(2, new long[] { 1, 3 }, 1, 8, 4, 2, 1, 0.5), [1, 3, 16, 16], [1, 3, 8, 8], [1, 3, 4, 4], [1, 3, 2, 2], [1, 3, 1, 1], [1, 7, 4]);
        yield return Example.Of("narrower than an element", At(4, 1, 2, 2, 1 / 8.0, 1 / 16.0, 1 / 32.0), [2, 3, 16, 16], [2, 3, 8, 8], [2, 3, 4, 4], [2, 9, 4]);
        yield return Example.Of("one map", Of(2, 3, 2, 2), [1, 4, 6, 5], [1, 2, 4]);
    }
}
