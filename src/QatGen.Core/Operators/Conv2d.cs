using QatGen.Graphs;

namespace QatGen.Operators;

/// <summary>2-D convolution.</summary>
internal sealed class Conv2d() : ConvOperator("Conv2d", axes: 2)
{
    public override IEnumerable<Example> Examples()
    {
        yield return Example.Of("3x3", Call(3, 8, 3, padding: 1), [2, 3, 9, 7]);
        yield return Example.Of("1x1", Call(5, 16, 1), [1, 5, 6, 6]);
        yield return Example.Of("1-pixel", Call(7, 3, 1), [1, 7, 1, 1]);
        yield return Example.Of("7x7 stride 2", Call(3, 16, 7, 2, 3), [1, 3, 23, 20]);
        yield return Example.Of("depthwise", Call(12, 12, 3, padding: 1, groups: 12), [1, 12, 8, 11]);
        yield return Example.Of("depthwise stride 2", Call(33, 33, 3, 2, 1, groups: 33), [1, 33, 9, 9]);
        yield return Example.Of("groups", Call(8, 12, 3, padding: 1, groups: 4), [2, 8, 5, 5]);
        yield return Example.Of("dilation", Call(4, 6, 3, padding: 2, dilation: 2), [1, 4, 11, 8]);
        yield return Example.Of("wide", Call(130, 67, 3, padding: 1), [1, 130, 4, 5]);
        yield return Example.Of("relu", Call(6, 9, 3, padding: 1) with { Absorbed = new(Behind("ReLU")) }, [1, 6, 7, 7]);
        yield return Example.Of("relu6", Call(6, 9, 3, padding: 1) with { Absorbed = new(Behind("ReLU6")) }, [1, 6, 7, 7]);
        yield return Example.Of("add", Call(6, 9, 3, padding: 1) with { Absorbed = new(Add) }, [1, 6, 7, 7], [1, 9, 7, 7]);
        yield return Example.Of("add relu stride 2", Call(16, 24, 3, 2, 1) with { Absorbed = new(Add, Behind("ReLU")) }, [2, 16, 8, 8], [2, 24, 4, 4]);
        yield return Example.Of("high precision", Call(6, 5, 3) with { Output = OutputKind.HighPrecision }, [1, 6, 7, 5]);
        yield return Example.Of("high precision relu6", Call(6, 5, 3) with { Output = OutputKind.HighPrecision, Absorbed = new(Behind("ReLU6")) }, [1, 6, 7, 5]);
        yield return Example.Of("same", Call(4, 6, 4, dilation: 2, others: [Same]), [1, 4, 9, 10]);
        yield return Example.Of("reflect", Call(4, 6, 3, padding: 2, others: [Mode("Reflect")]), [1, 4, 5, 6]);
        yield return Example.Of("replicate stride 2", Call(4, 6, 3, 2, 1, others: [Mode("Replicate")]), [1, 4, 8, 7]);
        yield return Example.Of("circular", Call(17, 6, 3, padding: 1, others: [Mode("Circular")]), [2, 17, 5, 4]);
        yield return Example.Of("function", Function(new() { ["strides"] = new long[] { 2, 1 }, ["padding"] = new long[] { 1 } }), [2, 3, 9, 7]).With(8, 3, 3, 2).With(8);
        yield return Example.Of("function of groups without bias", Function(new() { ["groups"] = 2 }), [1, 6, 5, 4]).With(4, 3, 3, 3);
    }
}
