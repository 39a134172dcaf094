using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>Axes made longer at both ends by a number, their outermost or mirrored elements, or those of the other end; keeps the scale, at which the number saturates.</summary>
internal sealed class Pad() : Operator("Pad")
{
    private static readonly Seq<string> Modes = new("Constant", "Replicate", "Reflect", "Circular");

    public override Seq<Form> Forms => new(
    [
        new(FormKind.Functional, "pad"),
        new(FormKind.Module, "ZeroPad2d"),
        .. new[] { "ConstantPad", "ReplicationPad", "ReflectionPad" }.SelectMany(static n => new[] { "1d", "2d", "3d" }.Select(d => new Form(FormKind.Module, n + d))),
    ]);

    public override Seq<string> Structural => new("pad", "padding", "mode", "value");

    public override IEnumerable<Violation> Check(Node node)
    {
        if (Amounts(node) is var amounts && (amounts.Count == 0 || amounts.Count % 2 != 0))
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "amounts", node.Attributes.ToString(), "two numbers for each axis");
        }

        if (!Modes.Contains(Mode(node)) || double.IsNaN(Number(node)))
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "mode", node.Attributes.ToString(), "a number, replicated, reflected or circular elements");
        }
    }

    public override Seq<ConstantRole> Constants(Node node) => HasFill(node) ? new(ConstantRole.Fill(Number(node))) : Seq<ConstantRole>.Empty;

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants) =>
        HasFill(node) ? p.Move(inputs[0], constants[0], MovementOf(node)) : p.Move(inputs[0], MovementOf(node));

    private static Movement MovementOf(Node node) => (Mode(node), Amounts(node)) switch
    {
        ("Replicate", var amounts) => new Movement.ReplicatePad(amounts),
        ("Reflect", var amounts) => new Movement.ReflectPad(amounts),
        ("Circular", var amounts) => new Movement.CircularPad(amounts),
        (_, var amounts) => new Movement.ConstantPad(amounts),
    };

    private static bool HasFill(Node node) => Mode(node) == "Constant" && Number(node) != 0;

    private static double Number(Node node) => node.Real("value", 0);

    private static string Mode(Node node) => node.Form.Kind == FormKind.Functional ? Named(node)
        : node.Form.Name.StartsWith("Replication", StringComparison.Ordinal) ? "Replicate"
        : node.Form.Name.StartsWith("Reflection", StringComparison.Ordinal) ? "Reflect"
        : "Constant";

    /// <summary>TorchSharp takes Zeros for Constant, with the value.</summary>
    private static string Named(Node node) => (node.Attributes["mode"] as Value.Member)?.Name is { } name && name != "Zeros" ? name : "Constant";

    /// <summary>A module's single number stands for the ends of as many axes as its name says; the function's would be that of all axes, and so of the batch.</summary>
    private static Seq<int> Amounts(Node node) => node.Attributes["padding"] is Value.Integer padding
        ? Enumerable.Repeat((int)padding.Number, 2 * (node.Form.Name[node.Form.Name.Length - 2] - '0')).ToSeq()
        : MovementOperator.Numbers(node, "pad", "padding");

    public override IEnumerable<Example> Examples()
    {
        static Node Functional(string mode, double value, params long[] pad) =>
            new("Pad", "pad", new(FormKind.Functional, "pad"), new(0), new() { ["mode"] = new Value.Member("TorchSharp.PaddingModes." + mode), ["pad"] = pad, ["value"] = value });
        static Node Module(string form, params long[] padding) => new("Pad", "pad", new(FormKind.Module, form), new(0), new() { ["padding"] = padding });
        yield return Example.Of("zero", Functional("Constant", 0, 1, 2, 0, 1), [2, 5, 4, 3]);
        yield return Example.Of("number", Functional("Constant", 0.75, 1, 1), [2, 5, 4, 3]);
        yield return Example.Of("beyond the scale", Functional("Constant", double.NegativeInfinity, 0, 1, 2, 0), [2, 17, 4, 3]);
        yield return Example.Of("channels", Functional("Constant", -0.5, 0, 0, 0, 0, 3, 2), [2, 5, 4, 1]);
        yield return Example.Of("crop", Functional("Constant", 0, -1, 2, 0, -1), [2, 5, 4, 3]);
        yield return Example.Of("circular", Functional("Circular", 0, 1, 2, 2, 1), [2, 5, 4, 3]);
        yield return Example.Of("ZeroPad2d", Module("ZeroPad2d", 1, 0, 2, 1), [2, 5, 1, 3]);
        yield return Example.Of("ReplicationPad2d", Module("ReplicationPad2d", 1, 2, 3, 0), [2, 5, 1, 3]);
        yield return Example.Of("ReflectionPad1d", Module("ReflectionPad1d", 2, 1), [2, 5, 6]);
        yield return Example.Of("ReflectionPad2d", Module("ReflectionPad2d", 2, 1, 0, 1), [2, 5, 4, 3]);
        yield return Example.Of("ReplicationPad3d", Module("ReplicationPad3d", 1, 0, 0, 1, 2, 0), [1, 3, 2, 1, 4]);
    }
}
