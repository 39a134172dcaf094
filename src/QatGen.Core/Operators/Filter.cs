using System.Globalization;
using QatGen.Graphs;
using QatGen.Marches;
using QatGen.Passes;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>
/// The pixels [N, capacity] at which the first of several maps is largest: that value, its channel, the place, and what each map has there. The largest is sought among channels that idxRange gives.
/// What is below the threshold is cut after the run, since only that makes the number of rows depend on the data.
/// </summary>
internal sealed class Filter() : Operator("Filter")
{
    private const int Values = 3;

    public override Seq<Form> Forms => new(new Form(FormKind.Module, Name));

    public override string ModuleType => "torch.nn.Module<torch.Tensor[], torch.Tensor[]>";

    public override Seq<string> Structural => new("capacity", "idxRange");

    public override bool IsComposite(Node node) => true;

    public override Seq<MarchNote> MarchNotes => new(MarchNote.Refused(On.Bernoulli2));

    public override int? CountResults(Node node, Seq<int>? shape) => Values + node.Inputs.Count;

    public override string FloatCall(Node node, string module, string[] inputs) => $"{module}.call(new[] {{ {string.Join(", ", inputs)} }})";

    public override IEnumerable<Violation> Check(Node node)
    {
        if (node.Inputs.Count == 0 || node.Integer("capacity", 0) < 1 || !IsRange(node))
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "arguments", node.Attributes.ToString(), "at least one map, a capacity of at least 1 and a range of channels that holds one");
        }
    }

    public override int[] Expand(Expansion call)
    {
        var (node, scores) = (call.Node, call.Inputs[0]);
        var sides = call.Shape(scores);
        foreach (var map in call.Inputs.Where(m => call.Shape(m) is not [_, _, var height, var width] || sides.Count != 4 || height != sides[2] || width != sides[3]))
        {
            throw QatGenException.Of(ShapeRules.LayerInput, node.Path, call.Fact(map).ToString(), $"it takes maps [N, C, H, W] of the height and width of the first, {call.Fact(scores)}");
        }

        if (Range(node) is [_, var end] && end > sides[1])
        {
            throw QatGenException.Of(ShapeRules.LayerInput, node.Path, call.Fact(scores).ToString(), $"the range of channels ends at {end.ToString(CultureInfo.InvariantCulture)}");
        }

        var largest = call.Configured("largest", "Max", new(Scored("scores", scores)), new() { ["dim"] = 1, [Item] = 0 });
        var pixels = call.Configured("pixels", "View", new(largest), Shape(sides[2] * sides[3]));
        var (value, place) = (Ranked(0), Ranked(1));
        var column = call.Configured("column", "Unsqueeze", new(place), new() { ["dim"] = 1 });
        var picked = call.Inputs.Select((map, i) => call.Configured(
            Of("picked", i), "TakeAlongDim", new(call.Configured(Of("flat", i), "View", new(map), Shape(call.Shape(map)[1], sides[2] * sides[3])), column), new() { ["dim"] = 2 })).ToArray();
        var channel = call.Configured("channel", "ArgMax", new(Scored("picked_scores", picked[0])), new() { ["dim"] = 1, ["keepdim"] = false });
        return [value, channel, place, .. picked.Select((x, i) => call.Configured(Of("data", i), "Transpose", new(x), new() { ["dim0"] = 1, ["dim1"] = 2 }))];

        int Scored(string name, int x) => Range(node) is not [var start, var finish] ? x
            : call.Configured(name, "Slice", new(x), new() { ["dim"] = 1, ["start"] = start, ["finish"] = finish, ["step"] = 1 });
        int Ranked(int item) => call.Configured(
            item == 0 ? "value" : "place", "TopK", new(pixels), new() { ["k"] = node.Integer("capacity", 1), ["dim"] = 1, ["largest"] = true, ["sorted"] = true, [Item] = item });
    }

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants) => throw new InvalidOperationException($"'{node.Path}' was not expanded.");

    private static string Of(string name, int map) => name + map.ToString(CultureInfo.InvariantCulture);

    private static AttributeMap Shape(params int[] sizes) => new() { ["shape"] = new Value.Items(new([new Value.InputSize(0), .. sizes.Select(static s => (Value)s)])) };

    private static Seq<int> Range(Node node) => MovementOperator.Numbers(node, "idxRange");

    private static bool IsRange(Node node) => node.Attributes["idxRange"] is null || (Range(node) is [>= 0 and var start, var end] && start < end);

    public override IEnumerable<Example> Examples()
    {
        Node Of(int item, int capacity, params long[] range) => new(Name, $"filter.{item}", Forms[0], new(0), new(new AttributeMap
        {
            ["capacity"] = capacity,
            [Item] = item,
        }.Concat(range.Length == 0 ? [] : new AttributeMap { ["idxRange"] = range })));
        yield return Example.Of("values", Of(0, 6), [2, 5, 4, 7]);
        yield return Example.Of("channels", Of(1, 6), [2, 5, 4, 7]);
        yield return Example.Of("channels of a range", Of(1, 3, 2, 17), [2, 19, 3, 3], [2, 4, 3, 3]);
        yield return Example.Of("places", Of(2, 12, 0, 1), [2, 5, 3, 4], [2, 4, 3, 4]);
        yield return Example.Of("data", Of(3, 4, 1, 4), [1, 33, 5, 2], [1, 4, 5, 2]);
        yield return Example.Of("data of another", Of(4, 5), [2, 3, 4, 5], [2, 7, 4, 5]);
        yield return Example.Of("one pixel", Of(3, 1), [1, 1, 1, 1]);
    }
}
