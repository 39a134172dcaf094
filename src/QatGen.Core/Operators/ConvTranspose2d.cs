using QatGen.Graphs;
using QatGen.Marches;

namespace QatGen.Operators;

/// <summary>2-D transposed convolution.</summary>
internal sealed class ConvTranspose2d() : TransposedConvOperator("ConvTranspose2d", axes: 2)
{
    // Where the manual's ConvTranspose2d and the converter's ConvTranspose disagree the latter wins: kernels from 1 and strides of 2 or 4.
    public override Seq<MarchNote> MarchNotes => new(
        Only(On.Bernoulli2, "kernels of 2 to 14", static a => a.Kernel is >= 2 and <= 14),
        Only(On.Bernoulli2, "strides of 2 or 4", static a => a.Stride is 2 or 4),
        Only(On.Bernoulli2, "padding of at most (kernel - 1) / 2", static a => a.Padding <= (a.Kernel - 1) / 2),
        MarchNote.Reads(On.BothBayes, DType.QInt8),
        Only(On.BothBayes, "kernels of at most 14", static a => a.Kernel <= 14),
        Only(On.BothBayes, "strides of at most 14 and the kernel", static a => a.Stride <= Math.Min(14, a.Kernel)),
        Only(On.BothBayes, "padding of at most kernel / stride", static a => a.Padding <= a.Kernel / a.Stride),
        Only(On.BothBayes, "output padding of at most 1", static a => a.OutputPadding <= 1),
        Only(new([.. On.Bernoulli2, .. On.BothBayes]), "dilation 1", static a => a.Dilation == 1),
        MarchNote.Only(On.BothBayes, new("a stride above 1", static u => u.Node.Numbers("stride", 2, 1).Any(static s => s > 1), static u => u.Node.Attributes.ToString())),
        MarchNote.Only(
            new([.. On.Bernoulli2, .. On.BothBayes]),
            new("at most 2048 channels", static u => Math.Max(u.Node.Count("in_channels"), u.Node.Count("out_channels")) <= 2048, static u => u.Node.Attributes.ToString())));

    private MarchNote Only(Seq<March> marches, string text, Func<PhasedAxis, bool> holds) => MarchNote.Only(marches, new(text, u => PhasesOf(u.Node).All(holds), static u => u.Node.Attributes.ToString()));

    public override IEnumerable<Example> Examples()
    {
        static (string, Value) Pair(string name, int h, int w) => (name, new Value.Items(new(h, w)));
        yield return Example.Of("2x2 stride 2", Call(5, 7, 2, 2), [2, 5, 4, 3]);
        yield return Example.Of("4x4 stride 2", Call(16, 9, 4, 2, 1), [1, 16, 5, 6]);
        yield return Example.Of("3x3 stride 2", Call(6, 5, 3, 2, 1, 1), [1, 6, 4, 5]);
        yield return Example.Of("stride 1", Call(4, 6, 3, 1, 1), [1, 4, 5, 6]);
        yield return Example.Of("stride 3 and a smaller kernel", Call(4, 6, 2, 3, outputPadding: 2), [1, 4, 3, 4]);
        yield return Example.Of("wide padding", Call(4, 6, 5, 2, 4), [1, 4, 7, 6]);
        yield return Example.Of("dilation", Call(4, 6, 3, 2, 1, dilation: 3), [1, 4, 4, 5]);
        yield return Example.Of("dilation stride 1", Call(4, 6, 3, 1, 3, dilation: 2), [1, 4, 6, 7]);
        yield return Example.Of("uneven", Call(4, 6, 3, 1, others: [Pair("kernel_size", 3, 15), Pair("stride", 2, 4), Pair("padding", 1, 5), Pair("output_padding", 0, 2)]), [1, 4, 4, 3]);
        yield return Example.Of("groups", Call(8, 12, 3, 2, 1, 1, groups: 4), [2, 8, 4, 3]);
        yield return Example.Of("depthwise", Call(12, 12, 4, 2, 1, groups: 12), [1, 12, 5, 4]);
        yield return Example.Of("many channels", Call(2049, 2, 2, 2), [1, 2049, 1, 1]);
        yield return Example.Of("relu", Call(6, 9, 4, 2, 1) with { Absorbed = new(Relu) }, [1, 6, 4, 4]);
        yield return Example.Of("add relu", Call(6, 9, 4, 2, 1) with { Absorbed = new(Add, Relu) }, [1, 6, 4, 4], [1, 9, 8, 8]);
        yield return Example.Of("high precision", Call(6, 5, 4, 2, 1) with { Output = OutputKind.HighPrecision }, [1, 6, 3, 4]);
        yield return Example.Of("high precision groups", Call(6, 4, 3, 2, groups: 2) with { Output = OutputKind.HighPrecision }, [1, 6, 3, 4]);
        yield return Example.Of("function", Function(new() { ["strides"] = new long[] { 2, 2 }, ["output_padding"] = new long[] { 1, 1 }, ["padding"] = new long[] { 1 } }), [1, 6, 4, 5]).With(6, 5, 3, 3).With(5);
    }
}
