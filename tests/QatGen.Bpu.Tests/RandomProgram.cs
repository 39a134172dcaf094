using QatGen.Arithmetic;
using QatGen.Core.Tests;
using QatGen.Primitives;

namespace QatGen.Bpu.Tests;

/// <summary>Random programs that mix all primitives: what cannot follow on a value (limits, empty maps) is not chosen or is refused by the rules and drawn again.</summary>
internal static class RandomProgram
{
    private const int LargestChannels = 200;

    /// <summary>Multiplications, so that a program does not take seconds.</summary>
    private const int LargestProduct = 1 << 18;

    public static (IntGraph Graph, QTensor[] Inputs) Create(int seed, March march, int batch, bool extreme = false)
    {
        var random = new Random(seed);
        int[] shape = [1, random.Next(1, 40), random.Next(1, 5) * random.Next(1, 5), random.Next(1, 5) * random.Next(1, 5)];
        var builder = new ProgramBuilder(random, march, random.Next(3) == 0 ? [shape, shape] : [shape]) { Extreme = extreme, IsMixed = seed % 3 == 0, InputType = seed % 5 == 0 ? DType.QInt16 : DType.QInt8 };
        var value = builder.Count - 1;
        for (var i = random.Next(1, 7); i > 0; i--)
        {
            value = Extend(random, builder, value);
        }

        if (random.Next(2) == 0)
        {
            var features = builder.Reshape(value, 0, -1);
            value = Linear(random, builder, features, random.Next(2) == 0);
        }

        // Sometimes a second output that is also read inside.
        var other = random.Next(builder.Count);
        var isPlain = (builder.Type(other) != DType.QInt32 && !builder.IsConstant(other)) || other == value;
        return (random.Next(4) == 0 && isPlain && other != value ? builder.Finish(value, other) : builder.Finish(value), builder.Inputs(batch));
    }

    private static int Extend(Random random, ProgramBuilder b, int x)
    {
        if (b.Shape(x)[1] > LargestChannels)
        {
            return b.Move(x, new Movement.Slice(1, 0, LargestChannels));
        }

        var (channels, height, width) = (b.Shape(x)[1], b.Shape(x)[2], b.Shape(x)[3]);
        switch (random.Next(26))
        {
            case 21 or 22:
                return b.Lut(x);
            case 23 or 24 or 25:
                return Picked(random, b, x);
            case 0:
                var multiplier = random.Next(1, 3);
                return Conv(random, b, x, channels * multiplier, groups: channels);
            case 1:
                var groups = Enumerable.Range(1, channels).Where(g => channels % g == 0).ToArray();
                var chosen = groups[random.Next(groups.Length)];
                return Conv(random, b, x, chosen * random.Next(1, 6), chosen);
            case 2:
                var same = b.Conv(x, channels, 3, 3, new(PadTop: 1, PadLeft: 1, PadBottom: 1, PadRight: 1), Range(random), residual: x);
                return b.Sum([same, x, same], Range(random));
            case 3:
                return b.MaxPool(b.Clamp(x), Pool(random, height, width, maxDilation: 2));
            case 4:
                return b.AveragePool(x, random.Next(3) == 0 ? PoolGeometry.Global : Pool(random, height, width, maxDilation: 1), new(random.Next(2) == 0, random.Next(3) == 0 ? 3 : 0));
            case 5:
                var axis = random.Next(1, 4);
                var constant = b.Literal([.. b.Shape(x).Select((d, i) => i == 0 ? 1 : i == axis ? random.Next(1, 20) : d)], b.Type(x));
                return b.Concat(random.Next(2) == 0 ? [x, b.Clamp(x), x] : [constant, x], axis);
            case 6:
                return Reshape(random, b, x);
            case 7:
                var outputs = random.Next(1, 20);
                return b.Sum([b.Accumulate(x, outputs, 1, 1, new()), b.Accumulate(x, outputs, 3, 3, new(PadTop: 1, PadLeft: 1, PadBottom: 1, PadRight: 1))], Range(random));
            case 8:
                return Volume(random, b, x);
            case 9:
                return b.AveragePool(b.MaxPool(x, Adaptive(random, 4)), Adaptive(random, 4), new());
            case 19 when width >= 2:
                return b.GridSample(x, b.Move(x, new Movement.Slice(3, 0, 2, 1)), new(random.Next(3) == 0, random.Next(2) == 0, random.Next(2) == 0));
            case 10:
                return b.Resize(x, RandomResize.Create(random, new(b.Shape(x))), isRescaled: true);
            case 11 or 12:
                return Elementwise(random, b, x);
            case 13 or 14:
                return Reduced(random, b, x);
            case 15 or 16 when b.Type(x) == DType.QInt8 && (long)height * width * height * width * channels <= LargestProduct:
                return Product(random, b, x);
            case 17 or 18:
                return Moved(random, b, x);
            default:
                return Conv(random, b, x, random.Next(1, 50));
        }
    }

    /// <summary>Back to four dimensions, by way of two or three, with other channels or the same.</summary>
    private static int Reshape(Random random, ProgramBuilder b, int x)
    {
        var (channels, height, width) = (b.Shape(x)[1], b.Shape(x)[2], b.Shape(x)[3]);
        var map = b.Reshape(x, 0, width, channels, height);
        var rows = b.Clamp(b.Reshape(map, 0, 0, -1));
        return random.Next(4) switch
        {
            0 => map,
            1 => b.Reshape(b.Concat([rows, rows], 2), 0, width, channels, 2 * height),
            2 => b.Reshape(b.Clamp(b.Reshape(map, 0, -1)), 0, height, channels, width),
            _ => b.Reshape(rows, 0, height * channels, 1, width),
        };
    }

    /// <summary>Windows over the planes of a volume, with and without a rescale behind them, and back to four dimensions.</summary>
    private static int Volume(Random random, ProgramBuilder b, int x)
    {
        var padded = b.Move(x, new Movement.ConstantPad(new(0, 0, 1, 1)));
        var volume = b.Move(b.Move(padded, new Movement.Unsqueeze(2)), new Movement.Windows(3, 2, random.Next(1, 3), 1, 1));
        var y = random.Next(4) switch
        {
            0 => b.MaxPool(volume, new(1, 1, 1, 2, Rank: 5)),
            1 => b.AveragePool(volume, random.Next(2) == 0 ? Adaptive(random, 5) : new(2, 1, 1, 1, 1, Rank: 5), new(random.Next(2) == 0)),
            2 => b.MaxPool(volume, Adaptive(random, 5)),
            _ => b.Conv(volume, random.Next(1, 20), 2, 1, new(1, random.Next(1, 3), random.Next(2), random.Next(2), 1, 1, Rank: 5), Range(random)),
        };
        return b.Move(y, new Movement.Merge(2, 3));
    }

    private static PoolGeometry Adaptive(Random random, int rank) => PoolGeometry.Adaptive(random.Next(1, 6), random.Next(1, 6), rank);

    /// <summary>A few movements, through other numbers of dimensions and back to four.</summary>
    private static int Moved(Random random, ProgramBuilder b, int x)
    {
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            x = b.Move(x, RandomMovement.Create(random, new(b.Shape(x))));
            if (random.Next(3) == 0)
            {
                x = random.Next(2) == 0 ? b.Clamp(x) : b.Concat([x, x], random.Next(1, b.Shape(x).Length));
            }
        }

        return b.Shape(x).Length == 4 ? x : b.Reshape(x, 0, b.Shape(x)[1], b.Shape(x).Length > 2 ? b.Shape(x)[2] : 1, -1);
    }

    /// <summary>Matrices times themselves, transposed, or times a constant, in three to five dimensions and back in four.</summary>
    private static int Product(Random random, ProgramBuilder b, int x)
    {
        var (channels, height, width) = (b.Shape(x)[1], b.Shape(x)[2], b.Shape(x)[3]);
        x = random.Next(4) switch
        {
            0 => b.Reshape(x, 0, height * width, channels),
            1 => b.Reshape(x, 0, channels, height, 1, width),
            2 => b.Reshape(x, 0, channels, 1, height, width),
            _ => x,
        };
        var shape = b.Shape(x);
        int[] own = [.. shape.Take(shape.Length - 2).Select((d, axis) => axis == 1 && random.Next(2) == 0 ? d : 1), shape[^1], random.Next(1, 40)];
        var y = random.Next(2) == 0 ? b.Move(x, new Movement.Transpose(-1, -2)) : b.Literal(own[1] == 1 || shape.Length == 3 ? own[^2..] : own, DType.QInt8);
        var product = b.MatMul(x, y);
        return shape.Length == 4 ? product : b.Reshape(product, 0, b.Shape(product)[1], -1, 1);
    }

    /// <summary>A reduction in the four dimensions or in others of the same frame, back in four.</summary>
    private static int Reduced(Random random, ProgramBuilder b, int x)
    {
        var (channels, height, width) = (b.Shape(x)[1], b.Shape(x)[2], b.Shape(x)[3]);
        x = random.Next(4) switch
        {
            0 => b.Reshape(x, 0, channels, height, 1, width),
            1 => b.Reshape(b.Clamp(b.Reshape(x, 0, -1, width)), 0, height, channels, width),
            _ => x,
        };
        var rank = b.Shape(x).Length;
        var axes = Enumerable.Range(1, rank - 1).OrderBy(_ => random.Next()).Take(random.Next(1, rank)).Select(a => random.Next(2) == 0 ? a : a - rank).ToSeq();
        var reduced = b.Reduce(x, new((ReduceKind)random.Next(4), axes));
        return rank == 4 ? reduced : b.Reshape(reduced, 0, b.Shape(reduced)[1], -1, 1);
    }

    /// <summary>What is found at ranked or constant positions, in the four dimensions or others of the same frame, or rows of a constant; back in four.</summary>
    private static int Picked(Random random, ProgramBuilder b, int x)
    {
        var (channels, height, width) = (b.Shape(x)[1], b.Shape(x)[2], b.Shape(x)[3]);
        x = random.Next(3) switch
        {
            0 => b.Reshape(x, 0, channels, height, 1, width),
            1 => b.Reshape(x, 0, channels, height * width),
            _ => x,
        };
        var rank = b.Shape(x).Length;
        var axis = random.Next(1, rank);
        var size = b.Shape(x)[axis];
        var count = random.Next(2) == 0 ? 1 : random.Next(size + 1);

        // Up to BAYES_E only so many channels are searched.
        var positions = count == 1 && b.Shape(x)[1] > 64 ? b.TopK(x, new(axis, Math.Min(2, size), random.Next(2) == 0)) : b.TopK(x, new(axis, count, random.Next(2) == 0));
        var y = random.Next(4) switch
        {
            0 => b.Gather(x, b.Positions([random.Next(1, 9), .. Enumerable.Repeat(1, rank - axis - 1)], size), new(axis - rank, Repeats: true)),
            1 when rank < 5 => b.Move(b.Gather(b.Literal([size, random.Next(1, 9)], b.Type(x)), b.Move(b.Move(positions, new Movement.Unsqueeze(-1)), new Movement.Unsqueeze(-1)), new(-2, Repeats: true)), new Movement.Squeeze(-2)),
            2 => b.Gather(x, b.Move(positions, new Movement.Slice(random.Next(1, rank), 0, 2)), new(axis)),
            _ => b.Gather(x, positions, new(axis)),
        };
        return b.Shape(y).Length == 4 ? y : b.Reshape(y, 0, b.Shape(y)[1], -1, 1);
    }

    /// <summary>A product, choice or comparison with itself, with what repeats over it, or with a constant.</summary>
    private static int Elementwise(Random random, ProgramBuilder b, int x)
    {
        var shape = b.Shape(x);
        var axes = Enumerable.Range(1, 3).Where(_ => random.Next(2) == 0).ToSeq();
        var y = random.Next(3) switch
        {
            0 => b.Clamp(x),
            1 when axes.Count > 0 => b.Reduce(x, new(ReduceKind.Minimum, axes)),
            _ => b.Literal([.. shape.Select((d, i) => i == 0 || axes.Contains(i) ? 1 : d).Skip(random.Next(4))], b.Type(x)),
        };
        return random.Next(5) switch
        {
            4 => b.Round((ElementwiseKind)random.Next((int)ElementwiseKind.Floor, (int)ElementwiseKind.Trunc + 1), x),
            0 => b.Mul(x, y),
            1 => b.Choose(ElementwiseKind.Maximum, x, y),
            2 => b.Choose(ElementwiseKind.Minimum, y, x),
            _ => b.Choose(ElementwiseKind.Select, b.Compare((ElementwiseKind)random.Next((int)ElementwiseKind.Equal, (int)ElementwiseKind.GreaterOrEqual + 1), x, y), x, y),
        };
    }

    private static int Conv(Random random, ProgramBuilder b, int x, int outputs, int groups = 1)
    {
        var (height, width) = (b.Shape(x)[2], b.Shape(x)[3]);
        var (kernelH, kernelW) = (random.Next(1, 5), random.Next(1, 5));
        var (dilationH, dilationW) = random.Next(4) == 0 ? (random.Next(1, 3), random.Next(1, 3)) : (1, 1);
        var dilated = dilationH + dilationW > 2;
        var g = new ConvGeometry(
            dilated ? 1 : random.Next(1, 4), dilated ? 1 : random.Next(1, 4), random.Next(0, 4), random.Next(0, 4), random.Next(0, 4), random.Next(0, 4), dilationH, dilationW, groups);
        var (needH, needW) = ((dilationH * (kernelH - 1)) + 1 - height, (dilationW * (kernelW - 1)) + 1 - width);
        g = g with { PadBottom = Math.Max(g.PadBottom, needH), PadRight = Math.Max(g.PadRight, needW) };
        return b.Conv(x, outputs, kernelH, kernelW, g, Range(random));
    }

    private static int Linear(Random random, ProgramBuilder b, int x, bool highPrecision)
    {
        var outputs = random.Next(1, 40);
        var y = b.Conv(b.Reshape(x, 0, 0, 1, 1), outputs, 1, 1, new(), Range(random), highPrecision: highPrecision);
        return b.Reshape(y, 0, 0);
    }

    private static PoolGeometry Pool(Random random, int height, int width, int maxDilation)
    {
        var (kernelH, kernelW) = (random.Next(1, Math.Min(4, height) + 1), random.Next(1, Math.Min(4, width) + 1));
        var dilation = kernelH > 1 && kernelW > 1 && (kernelH * 2) - 1 <= height && (kernelW * 2) - 1 <= width ? random.Next(1, maxDilation + 1) : 1;
        return new(kernelH, kernelW, random.Next(1, 4), random.Next(1, 4), random.Next(0, (kernelH / 2) + 1), random.Next(0, (kernelW / 2) + 1), dilation, dilation, random.Next(2) == 0);
    }

    private static ClampRange Range(Random random) => random.Next(3) switch { 0 => ClampRange.None, 1 => ClampRange.Relu, _ => ClampRange.Relu6 };
}
