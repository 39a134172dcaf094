using QatGen.Graphs;
using QatGen.Passes;

namespace QatGen.Operators;

/// <summary>A layer that is written as a function of its parameters, <c>functional.conv2d(x, weight, bias)</c>: the operator of the module, whose sizes are those of the parameters and whose state has their names.</summary>
internal static class FunctionalLayer
{
    private const string Strides = "strides";

    /// <summary>A layer rounds once.</summary>
    public static (double Int8, double Int16) Steps => (0.51, 0.51);

    /// <summary>The arguments of the module, and the name of the stride in the function's overload of arrays where there is one.</summary>
    public static Seq<string> Structural(bool hasArrays, params string[] names) => new(hasArrays ? [.. names, Strides] : names);

    public static bool Is(Node node) => node.Form.Kind == FormKind.Functional;

    /// <summary>Whether a node is the module's operator that such a call became.</summary>
    public static bool IsMade(Node node) => node.Part?.ResultOf == node.Operator;

    /// <summary>Parameters that are not there, and arguments that are no number for each of some axes.</summary>
    public static IEnumerable<Violation> Check(Node node, int axes)
    {
        var wrong = new[] { "stride", Strides, "padding", "output_padding", "dilation" }.Where(name => node.Attributes[name] is not (null or Value.Null) && !node.IsPerAxis(name, axes)).ToArray();
        if (node.Inputs.Count is not (2 or 3) || wrong.Length > 0)
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, node.Operator, wrong.FirstOrDefault() ?? "weight", node.Attributes.ToString(), "constant numbers, and a weight and a bias or no bias");
        }
    }

    /// <summary>The arguments as the module's constructor names them.</summary>
    public static AttributeMap Arguments(Node node) => new(node.Attributes.Where(static a => a.Value is not Value.Null && a.Key != "bias").Select(static a => new KeyValuePair<string, Value>(a.Key == Strides ? "stride" : a.Key, a.Value)));

    /// <summary>The module's operator, for a weight of <paramref name="rank"/> axes; <paramref name="sizes"/> gives the arguments that the weight's sizes decide, of which those of channels may be unknown.</summary>
    public static int[] Expand(Expansion call, int rank, string bias, Func<Seq<int>, IEnumerable<(string Name, Value Value)>> sizes)
    {
        var (weight, shape, isBuffer) = call.Held(1, "weight");
        if (shape.Count != rank || shape.Skip(2).Any(static k => k < 1))
        {
            throw QatGenException.Of(CaptureRules.Argument, call.Node.Path, call.Node.Operator, "weight", call.Fact(call.Inputs[1]).ToString(), $"a parameter or buffer of {rank} axes whose sizes are known at compile time");
        }

        var given = sizes(shape).Where(static s => s.Value is not Value.Integer { Number: < 0 }).Append((bias, call.Inputs.Count == 3));
        var attributes = new AttributeMap(Arguments(call.Node).Concat(given.Select(static g => new KeyValuePair<string, Value>(g.Item1, g.Item2))));
        return [call.Layer(attributes, weight, call.Inputs.Count == 3 ? call.Held(2, "bias").Name : "", isBuffer)];
    }
}
