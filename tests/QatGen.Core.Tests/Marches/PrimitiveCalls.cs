using QatGen.Primitives;

namespace QatGen.Core.Tests.Marches;

/// <summary>The smallest call of each primitive, by the name of its table: inputs of one type, and a result of another where a constant decides it.</summary>
internal static class PrimitiveCalls
{
    public static Dictionary<string, Action<IPrimitives<Fact>, DType, DType>> All { get; } = new()
    {
        ["average pooling"] = static (p, input, _) => p.SumPool(Map(input), new(2, 2), new()),
        ["channel shuffle"] = static (p, input, _) => p.Move(Map(input, 4), new Movement.ChannelShuffle(2)),
        ["clamp"] = static (p, input, _) => p.Clamp(Map(input), Fact.Of(new ClampConstant(0, 1))),
        ["concatenation"] = static (p, input, output) => p.Concat([Map(input), Map(input)], Rescale(output), 1),
        ["comparison"] = static (p, input, _) => p.Elementwise(ElementwiseKind.Less, [Map(input), Map(input)], Fact.Of(new CompareConstant(1, 0, 1, 0))),
        ["rounding to whole numbers"] = static (p, input, _) => p.Elementwise(ElementwiseKind.Floor, [Map(input)], Fact.Of(new ScaleConstant(1, 1))),
        ["constant operand"] = static (p, _, output) => p.Constant(Fact.Of(new(1), output)),
        ["convolution"] = static (p, input, _) => p.Conv(Map(input), Fact.Of(new(1, 1, 1, 1), DType.QInt8), Fact.Of(new(1), DType.QInt32), new()),
        ["gather"] = static (p, input, _) => p.Gather(Map(input), Map(input), new(1)),
        ["grid sampling"] = static (p, input, _) => p.GridSample(Map(input), Fact.Of(new(1, 3, 3, 2), input), Rescale(input), new()),
        ["linear resize"] = static (p, input, _) => p.Resize(Map(input), new(new(2, 2), Seq<double>.Empty)),
        ["matrix product"] = static (p, input, _) => p.MatMul(Map(input), Map(input)),
        ["max pooling"] = static (p, input, _) => p.MaxPool(Map(input), new(2, 2)),
        ["padding"] = static (p, input, _) => p.Move(Map(input), new Movement.ConstantPad(new(1, 0))),
        ["pixel shuffle"] = static (p, input, _) => p.Move(Map(input, 4), new Movement.PixelShuffle(2)),
        ["position of the largest or smallest"] = static (p, input, _) => p.TopK(Map(input), new(1, 1)),
        ["largest or smallest in order"] = static (p, input, _) => p.TopK(Map(input), new(1, 0)),
        ["reduced maximum or minimum"] = static (p, input, _) => p.Reduce(Map(input), new(ReduceKind.Minimum, new(1))),
        ["reduced sum"] = static (p, input, _) => p.Reduce(Map(input), new(ReduceKind.Sum, new(1))),
        ["reflection padding"] = static (p, input, _) => p.Move(Map(input), new Movement.ReflectPad(new(1, 0))),
        ["resize to the nearest"] = static (p, input, _) => p.Move(Map(input), new Movement.Nearest(new(9, 7), 0, 0, 0, false)),
        ["repeat"] = static (p, input, _) => p.Move(Map(input), new Movement.Repeat(new(2))),
        ["maximum, minimum or selection"] = static (p, input, output) => p.Elementwise(ElementwiseKind.Maximum, [Map(input), Map(input)], Rescale(output)),
        ["product"] = static (p, input, _) => p.Mul(Map(input), Map(input)),
        ["rescale"] = static (p, input, output) => p.Rescale([Map(input)], Rescale(output)),
        ["reshape"] = static (p, input, _) => p.Reshape(Map(input), [0, -1]),
        ["slice"] = static (p, input, _) => p.Move(Map(input), new Movement.Slice(2)),
        ["sum"] = static (p, input, output) => p.Rescale([Map(input), Map(input)], Rescale(output)),
        ["table function"] = static (p, input, output) => p.Lut(Map(input), Rescale(output)),
        ["tensor"] = static (p, input, _) => p.Reshape(Map(input), [0, -1]),
        ["windows"] = static (p, input, _) => p.Move(Map(input), new Movement.Windows(2, 1, 2, 1, 1)),
        ["transpose"] = static (p, input, _) => p.Move(Map(input), new Movement.Transpose(2, 3)),
    };

    /// <summary>The fact of a rescale constant with one lane.</summary>
    public static Fact Rescale(DType type) => new(Seq<int>.Empty, type);

    private static Fact Map(DType type, int channels = 1) => Fact.Of(new(1, channels, 4, 4), type);
}
