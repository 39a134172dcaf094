using QatGen.Graphs;

namespace QatGen.Operators;

/// <summary>1-D transposed convolution: a map of one row.</summary>
internal sealed class ConvTranspose1d() : TransposedConvOperator("ConvTranspose1d", axes: 1)
{
    public override IEnumerable<Example> Examples()
    {
        yield return Example.Of("stride 2", Call(5, 7, 4, 2, 1), [2, 5, 9]);
        yield return Example.Of("kernel 5 stride 3", Call(17, 7, 5, 3, 1, 1), [1, 17, 8]);
        yield return Example.Of("depthwise", Call(12, 12, 3, 2, groups: 12), [1, 12, 7]);
        yield return Example.Of("add", Call(6, 9, 3, 2, 1, 1) with { Absorbed = new(Add) }, [1, 6, 4], [1, 9, 8]);
        yield return Example.Of("high precision", Call(6, 5, 3, 2) with { Output = OutputKind.HighPrecision }, [1, 6, 5]);
        yield return Example.Of("function", Function(new() { ["stride"] = 2, ["padding"] = 1 }), [2, 6, 5]).With(6, 5, 4).With(5);
    }
}
