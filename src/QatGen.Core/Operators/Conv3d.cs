using QatGen.Graphs;
using QatGen.Marches;

namespace QatGen.Operators;

/// <summary>3-D convolution.</summary>
internal sealed class Conv3d() : ConvOperator("Conv3d", axes: 3)
{
    public override Seq<MarchNote> MarchNotes => new(
        MarchNote.Refused(On.Bernoulli2),
        MarchNote.Reads(On.BothBayes, DType.QInt8),
        Only("strides of 1 or 2, equal on all axes", TakesAdd, "stride"),
        Only("padding of at most half the kernel", static n => n.Numbers("padding", 3, 0).Zip(n.Numbers("kernel_size", 3, 1), static (pad, k) => 2 * pad <= k).All(static f => f), "padding"),
        Only("one group", static n => n.Integer("groups", 1) == 1, "groups"),
        Only("dilation 1", static n => n.Numbers("dilation", 3, 1).All(static d => d == 1), "dilation"),
        Only("kernels of at most 9 in depth and height", static n => n.Numbers("kernel_size", 3, 1).Take(2).All(static k => k <= 9), "kernel_size"));

    private static MarchNote Only(string text, Func<Node, bool> holds, string argument) =>
        MarchNote.Only(On.BothBayes, new(text, u => holds(u.Node), u => u.Node.Attributes[argument]?.ToString() ?? "the default"));

    public override IEnumerable<Example> Examples()
    {
        static Value Triple(int d, int h, int w) => new Value.Items(new(d, h, w));
        yield return Example.Of("3x3x3", Call(3, 8, 3, padding: 1), [2, 3, 4, 5, 6]);
        yield return Example.Of("1x1x1", Call(5, 7, 1), [1, 5, 2, 3, 4]);
        yield return Example.Of("stride 2", Call(4, 9, 3, 2, 1), [1, 4, 5, 8, 7]);
        yield return Example.Of("stride 3", Call(4, 9, 3, 3), [1, 4, 6, 7, 7]);
        yield return Example.Of("wide padding", Call(2, 3, 2, padding: 2), [1, 2, 2, 3, 3]);
        yield return Example.Of("deep kernel", Call(2, 3, 1, others: [("kernel_size", Triple(10, 1, 2))]), [1, 2, 11, 2, 3]);
        yield return Example.Of("only depth", Call(6, 5, 1, others: [("kernel_size", Triple(3, 1, 1)), ("padding", Triple(1, 0, 0))]), [2, 6, 5, 3, 4]);
        yield return Example.Of("groups and dilation", Call(6, 9, 3, padding: 2, dilation: 2, groups: 3), [1, 6, 4, 5, 5]);
        yield return Example.Of("same", Call(3, 4, 4, others: [Same]), [1, 3, 4, 5, 3]);
        yield return Example.Of("replicate", Call(3, 4, 3, padding: 1, others: [Mode("Replicate")]), [1, 3, 3, 4, 4]);
        yield return Example.Of("add relu", Call(6, 9, 3, padding: 1) with { Absorbed = new(Add, Behind("ReLU")) }, [1, 6, 3, 4, 4], [1, 9, 3, 4, 4]);
        yield return Example.Of("high precision", Call(6, 5, 3) with { Output = OutputKind.HighPrecision }, [1, 6, 4, 5, 3]);
        yield return Example.Of("function", Function(new() { ["padding"] = new long[] { 1, 0, 1 } }), [1, 3, 4, 3, 5]).With(5, 3, 3, 1, 2).With(5);
    }
}
