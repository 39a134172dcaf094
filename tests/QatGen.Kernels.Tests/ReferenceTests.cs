using System.Numerics;
using QatGen.Arithmetic;
using QatGen.Kernels.Reference;
using QatGen.Primitives;

namespace QatGen.Kernels.Tests;

/// <summary>The reference kernels against formulas written another way: exact rationals, padded copies, gathered windows.</summary>
public sealed class ReferenceTests
{
    [Fact]
    public void Conv_OnePixelByHand_IsTheSumOfProductsPlusBias()
    {
        // 2 channels of 1x2, kernel 1x2, padded left by 1: outputs at x = -1..0 and 0..1.
        var b = new ProgramBuilder(([2, 1, 2], DType.QInt8));
        var sum = b.Conv(b.Inputs[0], new(new(1, 2, 1, 2), new(2, 3, -5, 7)), new(new(11)), [1], new(PadLeft: 1));
        Assert.Equal([11 + (3 * 10) + (7 * 30), 11 + (2 * 10) + (3 * -20) - (5 * 30) + (7 * 40)], Run(b.Build(b.PassThrough(sum, ClampRange.None)), [10, -20, 30, 40]));
    }

    [Theory]
    [InlineData(1, 0, 1, 1)]
    [InlineData(2, 1, 1, 1)]
    [InlineData(1, 2, 2, 1)]
    [InlineData(2, 1, 1, 3)]
    [InlineData(1, 1, 2, 6)]
    public void Conv_AnyGeometry_EqualsTheProductWithAPaddedCopy(int stride, int pad, int dilation, int groups)
    {
        const int Channels = 6, Outputs = 12, Height = 7, Width = 6, Kernel = 3;
        var random = new Random(groups);
        var x = Enumerable.Range(0, Channels * Height * Width).Select(_ => random.Next(-128, 128)).ToArray();
        var weight = new WeightConstant(new(Outputs, Channels / groups, Kernel, Kernel), new([.. Enumerable.Range(0, Outputs * Channels / groups * 9).Select(_ => (sbyte)random.Next(-128, 128))]));
        var geometry = new ConvGeometry(stride, stride, pad, pad + 1, pad, 0, dilation, dilation, groups);
        var b = new ProgramBuilder(([Channels, Height, Width], DType.QInt8));
        var sum = b.Conv(b.Inputs[0], weight, new(new([.. Enumerable.Range(0, Outputs)])), [.. Enumerable.Repeat(1.0, Outputs)], geometry);
        var actual = Run(b.Build(b.PassThrough(sum, ClampRange.None)), x);

        var padded = new int[Channels, Height + (2 * pad), Width + pad + 1];
        for (var i = 0; i < x.Length; i++)
        {
            padded[i / (Height * Width), (i / Width % Height) + pad, (i % Width) + pad + 1] = x[i];
        }

        var (rows, columns) = (sum.Shape[2], sum.Shape[3]);
        Assert.True(rows > 0 && columns > 0);
        for (var i = 0; i < actual.Length; i++)
        {
            var (o, y, column) = (i / (rows * columns), i / columns % rows, i % columns);
            var firstChannel = o / (Outputs / groups) * (Channels / groups);
            int Product(int k) => weight.Values[(o * Channels / groups * 9) + k] * padded[firstChannel + (k / 9), (y * stride) + (k / 3 % 3 * dilation), (column * stride) + (k % 3 * dilation)];
            Assert.Equal(o + Enumerable.Range(0, Channels / groups * 9).Sum(Product), actual[i]);
        }
    }

    /// <summary>NUMERICS section 5: exactly floor(sum t * m / 2^r + 1/2), and close to the real value.</summary>
    [Fact]
    public void Rescale_RandomTerms_EqualsTheExactRationalAndIsWithinItsTolerance()
    {
        var random = new Random(3);
        for (var round = 0; round < 200; round++)
        {
            var bounds = new long[] { random.Next(1, int.MaxValue), 128 };
            var quantities = bounds.Select(bound => new Quantity(LaneKind.Tensor, new(Math.Exp((random.NextDouble() * 8) - 4)), new(1), new(bound), Seq<int>.Empty)).ToArray();
            var scale = Math.Exp((random.NextDouble() * 8) + 4);
            var r = RescaleConstant.Create(quantities, scale, new(-100 * scale, 90 * scale), DType.QInt8, "layer");
            int[] terms = [random.Next((int)-bounds[0], (int)bounds[0]), random.Next(-128, 128)];
            var actual = ((ReferenceValue.Integers)new ReferencePrimitives().Rescale([.. terms.Select(One)], new ReferenceValue.Fixed(r))).Data[0];

            var power = BigInteger.Pow(2, r.Shifts[0] + 1);
            var doubled = (2 * terms.Zip(r.Multipliers, static (t, m) => (BigInteger)t * m).Aggregate(BigInteger.Add)) + BigInteger.Pow(2, r.Shifts[0]);
            var floor = BigInteger.Divide(doubled - (((doubled % power) + power) % power), power);
            Assert.Equal(floor < -100 ? -100 : floor > 90 ? 90 : (int)floor, actual);

            var real = terms.Zip(quantities, (t, q) => t * q.Scales[0] / scale).Sum();
            var tolerance = 0.5 + terms.Sum(t => Math.Abs((double)t) * Math.ScaleB(1, -r.Shifts[0] - 1)) + 1e-6;
            Assert.InRange(actual, Math.Clamp(real - tolerance, -100, 90), Math.Clamp(real + tolerance, -100, 90));
        }

        static ReferenceValue One(int value) => new ReferenceValue.Integers([1, 1], DType.QInt32, [value]);
    }

    [Fact]
    public void PassThrough_WithRelu_KeepsTheAccumulatorAboveZero()
    {
        var b = new ProgramBuilder(([1, 1, 2], DType.QInt8));
        var sum = b.Conv(b.Inputs[0], new(new(2, 1, 1, 1), new(100, -100)), new(new(1, 2)), [0.5, 0.01], new());
        Assert.Equal([12701, 0, 0, 12802], Run(b.Build(b.PassThrough(sum, ClampRange.Relu)), [127, -128]));
        Assert.Equal([12, 0, 0, 600], Run(b.Build(b.PassThrough(sum, ClampRange.Relu6)), [127, -128]));
    }

    [Fact]
    public void MaxPool_PaddingAndCeilMode_PaddingNeverWins()
    {
        var b = new ProgramBuilder(([1, 2, 3], DType.QInt8));
        var pooled = b.MaxPool(b.Inputs[0], new(2, 2, 2, 2, 1, 1, CeilMode: true));
        Assert.Equal(new(1, 1, 2, 2), pooled.Shape);
        Assert.Equal([-7, -5, -4, -1], Run(b.Build(pooled), [-7, -6, -5, -4, -3, -1]));
    }

    [Fact]
    public void Average_CutWindows_DividesByEachWindowsOwnCount()
    {
        // 3x3 windows of stride 2, padded by 1 and not counting it: the corners hold 4 pixels, all of a 3x3 map's outputs are corners.
        var b = new ProgramBuilder(([1, 3, 3], DType.QInt8));
        var sum = b.SumPool(b.Inputs[0], new(3, 3, 2, 2, 1, 1), new(IncludePad: false));
        Assert.Equal([3, 4, 6, 7], Run(b.Build(b.Rescale([sum], 1, ClampRange.None)), [1, 2, 3, 4, 5, 6, 7, 8, 9]));

        var wide = new ProgramBuilder(([1, 1, 5], DType.QInt8));
        var rows = wide.SumPool(wide.Inputs[0], new(1, 3, 1, 2, 0, 1), new(IncludePad: false));
        Assert.Equal(LaneKind.Position, rows.Quantity.Lanes);
        Assert.Equal([15, 30, 45], Run(wide.Build(wide.Rescale([rows], 1, ClampRange.None)), [10, 20, 30, 40, 50]));
    }

    [Fact]
    public void Concat_TwoScales_RescalesEachPart()
    {
        var b = new ProgramBuilder(([1, 1, 2], DType.QInt8), ([2, 1, 2], DType.QInt8));
        var half = b.Rescale([b.Inputs[0]], 0.5, ClampRange.None);
        var program = b.Build(b.Concat([half, b.Inputs[1]], 1, 1));
        QTensor[] inputs = [new([2, 1, 1, 2], DType.QInt8, [1, 2, 3, 4], 1), new([2, 2, 1, 2], DType.QInt8, [5, 6, 7, 8, 9, 10, 11, 12], 1)];
        var result = ReferenceRunner.Run(program, inputs)[0];
        Assert.Equal([2, 3, 1, 2], result.Shape);
        Assert.Equal([1, 2, 5, 6, 7, 8, 3, 4, 9, 10, 11, 12], result.Data);
    }

    private static int[] Run(FixedPointProgram program, int[] input)
    {
        var tensor = new QTensor(program.Signature.Inputs[0].WithBatch(1), program.Signature.Inputs[0].DType, input, 1);
        var result = ReferenceRunner.Run(program, tensor)[0].Data;
        Assert.Equal(result, program.Run(tensor).Data);
        return result;
    }
}
