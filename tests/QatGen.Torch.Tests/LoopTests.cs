using QatGen.Arithmetic;
using QatGen.Primitives;
using QatGen.Torch.Functions;
using static TorchSharp.torch;
using Activation = QatGen.Torch.QatValue.Activation;

namespace QatGen.Torch.Tests;

/// <summary>Each position of the loops over memory, whether a vector or the rest of a row holds it, with values at the limits and beyond.</summary>
public sealed class LoopTests
{
    private const int Low = -100;
    private const int High = 90;

    private static readonly double[] AtLimits = [Low - 1, Low - 0.5, Low, 0, High, High + 0.25, High + 0.5, High + 1];

    public static IEnumerable<object[]> Quantizations =>
        from length in new[] { 1, 7, 16, 37, 64 } from kind in Enum.GetValues<FakeQuantKind>() from saturate in new[] { true, false } select new object[] { length, kind, saturate };

    public static IEnumerable<object[]> Rescales =>
        from lanes in new[] { LaneKind.Tensor, LaneKind.Channel }
        from length in new[] { 1, 5, 16, 19 }
        from terms in new[] { 1, 2, 3 }
        from type in new[] { ScalarType.Float32, ScalarType.Float64 }
        from kind in Enum.GetValues<FakeQuantKind>()
        select new object[] { lanes, length, terms, type, kind };

    [Theory]
    [MemberData(nameof(Quantizations))]
    public void Quantize_EveryPosition_StopsTheGradientBeyondTheLimits(int length, FakeQuantKind kind, bool saturate)
    {
        using var scope = NewDisposeScope();
        const double Scale = 0.5;
        for (var shift = 0; shift < AtLimits.Length; shift++)
        {
            double[] v = [.. Enumerable.Range(0, length).Select(i => AtLimits[(i + shift) % AtLimits.Length])];
            float[] g = [.. Enumerable.Range(0, length).Select(static i => 1f + i)];
            var learned = kind == FakeQuantKind.Statistical ? null : ones(1, requires_grad: true);
            var rounding = new Rounding(new QuantRange(DType.QInt16, Low, High), saturate, kind, learned, Factor: 2);
            var x = tensor(v.Select(static v => (float)(v * Scale)).ToArray(), requires_grad: true);
            var q = QuantizeFunction.Run(x.reshape(1, length), [Scale], rounding);
            (q * tensor(g)).sum().backward();

            var rounded = v.Select(static v => Math.Floor(v + 0.5)).ToArray();
            Assert.Equal(rounded.Select(static r => (float)Math.Clamp(r, Low, High)), q.data<float>().ToArray());
            Assert.Equal(rounded.Select((r, i) => r is >= Low and <= High || !saturate ? g[i] * 2 : 0), x.grad!.data<float>().ToArray());
            if (learned is not null)
            {
                Assert.Equal(2 / Scale * v.Select((v, i) => g[i] * Slope(v, kind, Low, High)).Sum(), learned.grad!.item<float>(), 1e-3);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Rescales))]
    public void Rescale_EveryPosition_StopsTheGradientBeyondTheLimits(LaneKind lanes, int length, int count, ScalarType type, FakeQuantKind kind)
    {
        using var scope = NewDisposeScope();
        const int Channels = 3;
        double[] multipliers = lanes == LaneKind.Channel ? [0.25, 0.5, 0.125] : [0.25];
        var sum = new Quantity(lanes, multipliers.ToSeq(), multipliers.Select(static _ => 1).ToSeq(), multipliers.Select(static _ => 4096L).ToSeq(), Seq<int>.Empty);
        Quantity[] quantities = [sum, .. Enumerable.Repeat(Quantity.Of(0.125, DType.QInt8), count - 1)];
        var constant = RescaleConstant.Create(quantities, 1, ClampRange.None, new QuantRange(DType.QInt16, Low, High), "layer");
        for (var shift = 0; shift < AtLimits.Length; shift++)
        {
            var elements = 2 * Channels * length;
            double[] v = [.. Enumerable.Range(0, elements).Select(i => AtLimits[(i + shift) % AtLimits.Length])];
            float[] g = [.. Enumerable.Range(0, elements).Select(static i => 1f + i)];
            double Factor(int i, int term) => term > 0 ? 0.125 : multipliers[i / length % multipliers.Length];

            // Each further term gives 5 steps, which the first one lacks.
            Tensor Term(int term) => tensor(v.Select((v, i) => (term > 0 ? 5 : v - (5 * (count - 1))) / Factor(i, term)).ToArray()).reshape(2, Channels, length).to(type).requires_grad_();
            var terms = Enumerable.Range(0, count).Select(Term).ToArray();
            var learned = kind == FakeQuantKind.Statistical ? null : ones(1, requires_grad: true);
            var rounding = new Rounding(new QuantRange(DType.QInt16, Low, High), Saturate: true, kind, learned);
            double[] real = [.. multipliers.SelectMany(m => Enumerable.Range(0, count).Select(t => t > 0 ? 0.125 : m))];
            var y = RescaleFunction.Run(constant, real, terms, rounding);
            (y * tensor(g).reshape(y.shape)).sum().backward();

            var rounded = v.Select(static v => Math.Floor(v + 0.5)).ToArray();
            Assert.Equal(rounded.Select(static r => (float)Math.Clamp(r, Low, High)), y.data<float>().ToArray());
            Assert.All(terms, (t, number) => Assert.Equal(
                rounded.Select((r, i) => r is >= Low and <= High ? (float)(g[i] * Factor(i, number)) : 0), t.grad!.to(ScalarType.Float32).data<float>().ToArray()));
            if (learned is not null)
            {
                Assert.Equal(v.Select((v, i) => g[i] * Slope(v, kind, Low, High)).Sum(), learned.grad!.item<float>(), 1e-2);
            }
        }
    }

    [Theory]
    [InlineData(LaneKind.Tensor, 19, 2)]
    [InlineData(LaneKind.Channel, 19, 1)]
    [InlineData(LaneKind.Channel, 5, 2)]
    public void Range_EveryPosition_CountsWithItsOwnStep(LaneKind lanes, int length, int count)
    {
        using var scope = NewDisposeScope();
        double[] steps = lanes == LaneKind.Channel ? [0.25, 0.5, 2] : [0.5];
        var known = new Quantity(lanes, steps.ToSeq(), steps.Select(static _ => 1).ToSeq(), steps.Select(static _ => 100L).ToSeq(), Seq<int>.Empty);
        for (var at = 0; at < 2 * 3 * length; at++)
        {
            var data = new float[2 * 3 * length];
            var step = steps[at / length % steps.Length];
            foreach (var extreme in new[] { -7, 9 })
            {
                data[at] = extreme;
                var first = new Activation(tensor(data).reshape(2, 3, length), known, DType.QInt32);
                var (min, max) = RangeLoop.Run([first, .. Enumerable.Repeat(new Activation(zeros(2, 3, length), Quantity.Of(1, DType.QInt8)), count - 1)], ClampRange.None);
                Assert.Equal((Math.Min(0, extreme * step), Math.Max(0, extreme * step)), (min, max));
            }
        }
    }

    [Theory]
    [InlineData(5)]
    [InlineData(37)]
    public unsafe void Magnitudes_EveryPosition_Counts(int length)
    {
        for (var at = 0; at < length; at++)
        {
            var values = Enumerable.Repeat(1f, length).ToArray();
            values[at] = -3;
            fixed (float* row = values)
            {
                Assert.Equal(3, MagnitudeLoop.Largest(row, length));
                Assert.Equal(length + 2, MagnitudeLoop.Sum(row, length));
                Assert.Equal((-3f, length > 1 ? 1f : -3f), ValueLoop.Range(row, length));
                row[at] = float.NaN;
                Assert.Equal(float.NaN, MagnitudeLoop.Largest(row, length));
                Assert.Equal(float.NaN, ValueLoop.Range(row, length).Min);
            }
        }
    }

    [Fact]
    public void Quantize_AroundEveryMiddle_IsTheDoubleRule()
    {
        using var scope = NewDisposeScope();
        foreach (var scale in new[] { 1 / 127.5f, 0.013f, 3e-7f, 7.1f })
        {
            // The neighbours of each middle between two integers, at which a product in float32 is on the other side.
            float[] middles = [.. Enumerable.Range(-130, 260).Select(i => (float)((i + 0.5) * scale))];
            float[] x = [.. middles.Concat(middles.Select(MathF.BitIncrement)).Concat(middles.Select(MathF.BitDecrement))];
            var q = QuantizeFunction.Run(tensor(x), [scale], new(DType.QInt8)).data<float>().ToArray();
            Assert.Equal(x.Select(v => (float)Quantization.Quantize(v, scale)), q);
        }
    }

    /// <summary>What a step stands for multiplies integers and gradients, those of the scales too, and leaves the magnitudes.</summary>
    [Theory]
    [InlineData(FakeQuantKind.Statistical, true)]
    [InlineData(FakeQuantKind.Statistical, false)]
    [InlineData(FakeQuantKind.Lsq, true)]
    public void Quantize_InUnits_IsTheProduct(FakeQuantKind kind, bool saturate)
    {
        using var scope = NewDisposeScope();
        manual_seed(2);
        var (data, passed) = (randn(3, 37) * 50, randn(3, 37));
        double[] scales = [0.25, 0.5, 1], units = [2, 0.125, 0.5];
        var (own, other) = (Run(units), Run(null));
        Assert.All(own.Zip(other), static p => Assert.Equal(p.Second, p.First));
        Assert.True(own[1].Count(static g => g == 0) is var stopped && (saturate ? stopped > 0 : stopped == 0));

        float[][] Run(double[]? within)
        {
            var (x, magnitudes) = (data.clone().requires_grad_(), new double[3]);
            var learned = kind == FakeQuantKind.Lsq ? ones(3, requires_grad: true) : null;
            var y = QuantizeFunction.Run(x, scales, new(DType.QInt8, saturate, kind, learned), magnitudes, within);
            y = within is null ? y * tensor(units).to(ScalarType.Float32).unsqueeze(1) : y;
            (y * passed).sum().backward();
            return [y.data<float>().ToArray(), x.grad!.data<float>().ToArray(), learned?.grad!.data<float>().ToArray() ?? [], [.. magnitudes.Select(static m => (float)m)]];
        }
    }

    /// <summary>c of NUMERICS section 8 for a type whose limits are these.</summary>
    private static double Slope(double v, FakeQuantKind kind, int low, int high)
    {
        var rounded = Math.Floor(v + 0.5);
        return rounded < low ? (kind == FakeQuantKind.Pact ? -1 : low) : rounded > high ? (kind == FakeQuantKind.Pact ? 1 : high) : kind == FakeQuantKind.Pact ? 0 : rounded - v;
    }
}
