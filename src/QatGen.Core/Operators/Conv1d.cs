using QatGen.Graphs;

namespace QatGen.Operators;

/// <summary>1-D convolution: a map of one row.</summary>
internal sealed class Conv1d() : ConvOperator("Conv1d", axes: 1)
{
    public override IEnumerable<Example> Examples()
    {
        yield return Example.Of("kernel 3", Call(3, 8, 3, padding: 1), [2, 3, 19]);
        yield return Example.Of("stride 2", Call(17, 9, 5, 2, 2), [1, 17, 24]);
        yield return Example.Of("dilation", Call(4, 6, 3, padding: 2, dilation: 2), [1, 4, 12]);
        yield return Example.Of("depthwise", Call(12, 12, 3, padding: 1, groups: 12), [2, 12, 11]);
        yield return Example.Of("groups", Call(8, 12, 3, groups: 4), [2, 8, 9]);
        yield return Example.Of("same", Call(4, 6, 4, others: [Same]), [1, 4, 9]);
        yield return Example.Of("reflect", Call(4, 6, 3, padding: 2, others: [Mode("Reflect")]), [1, 4, 7]);
        yield return Example.Of("add relu stride 2", Call(6, 9, 3, 2, 1) with { Absorbed = new(Add, Behind("ReLU")) }, [2, 6, 8], [2, 9, 4]);
        yield return Example.Of("high precision", Call(6, 5, 3) with { Output = OutputKind.HighPrecision }, [1, 6, 9]);
        yield return Example.Of("function", Function(new() { ["stride"] = 2, ["padding"] = 1 }), [2, 6, 9]).With(5, 6, 3).With(5);
    }
}
