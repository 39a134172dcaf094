using QatGen.Arithmetic;
using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>Three channels mapped to three by a <see cref="ColourTransform"/>: a 1x1 convolution whose weights are the operator's own.</summary>
internal abstract class ColourOperator(string name) : Operator(name)
{
    public override Seq<Form> Forms => new(new Form(FormKind.Module, Name));

    public override bool OwnsScale => true;

    protected abstract ColourTransform Transform(Node node);

    protected virtual double FixedScale(Node node) => 0;

    public override Seq<ConstantRole> Constants(Node node)
    {
        var transform = Transform(node);
        return new(
            ConstantRole.Weight(3, 3, 1, 1) with { Fixed = transform.Matrix }, ConstantRole.Bias(3) with { Fixed = transform.Offset }, ConstantRole.Rescale(node) with { Scale = FixedScale(node) });
    }

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants) => p.Rescale([p.Conv(inputs[0], constants[0], constants[1], new())], constants[2]);

    protected static Swing SwingOf(Node node) => node.Attributes["swing"] is Value.Member { Name: nameof(Swing.Full) } ? Swing.Full : Swing.Studio;

    protected Node Call(params (string Name, Value Value)[] arguments) =>
        new(Name, "colours", Forms[0], new(0), new(arguments.Select(static a => new KeyValuePair<string, Value>(a.Name, a.Value))));

    protected static (string Name, Value Value) Full => ("swing", new Value.Member("QatGen.Swing.Full"));
}

/// <summary>YUV of BGR, or of RGB, both from 0 to 255.</summary>
internal sealed class BgrToYuv444() : ColourOperator("BgrToYuv444")
{
    public override Seq<string> Structural => new("channelReversal", "swing");

    protected override ColourTransform Transform(Node node) =>
        ColourTransform.RgbToYuv(SwingOf(node)) is var yuv && node.Flag("channelReversal", false) ? yuv : yuv.OfReversed();

    public override IEnumerable<Example> Examples()
    {
        yield return Example.Of("bgr", Call(), [2, 3, 6, 5]);
        yield return Example.Of("rgb full", Call(("channelReversal", true), Full), [1, 3, 4, 7]);
    }
}
