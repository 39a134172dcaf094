using System.Numerics;
using QatGen.Arithmetic;
using QatGen.Primitives;

namespace QatGen.Core.Tests;

public sealed class RescalingTests
{
    [Fact]
    public void Apply_EveryInt8AndManyScales_IsWithinHalfAStepOfTheReal()
    {
        var random = new Random(1);
        for (var trial = 0; trial < 500; trial++)
        {
            var real = Math.Pow(2, (random.NextDouble() * 24) - 12);
            var (multipliers, shift) = Rescaling.Choose([real], [128]);
            for (var q = -128; q <= 127; q++)
            {
                var y = Rescaling.Apply((long)q * multipliers[0], shift, int.MinValue, int.MaxValue);
                Assert.InRange(Math.Abs(y - (q * real)), 0, 0.5 + (128 * Math.ScaleB(1, -(shift + 1))));
            }
        }
    }

    [Fact]
    public void Apply_IntegerAndDoubleForms_AreEqualOnRandomAndTieCases()
    {
        var random = new Random(2);
        for (var trial = 0; trial < 20_000; trial++)
        {
            var count = random.Next(1, 4);
            var bounds = Enumerable.Range(0, count).Select(_ => 1L << random.Next(7, 31)).ToArray();
            var reals = Enumerable.Range(0, count).Select(_ => (random.Next(2) * 2 - 1) * Math.Pow(2, random.NextDouble() * 20 - 18)).ToArray();
            var (m, shift) = Rescaling.Choose(reals, bounds);
            if (shift == 0)
            {
                continue;
            }

            long sum = 0;
            double doubles = 0;
            for (var i = 0; i < count; i++)
            {
                var t = random.NextInt64(-bounds[i], bounds[i] + 1);
                sum += t * m[i];
                doubles += (double)t * m[i];
            }

            if (trial % 4 == 0)
            {
                sum = (sum >> shift << shift) + (1L << (shift - 1)); // an exact half
                doubles = sum;
            }

            var expected = Math.Clamp(Math.Floor((doubles * Math.ScaleB(1, -shift)) + 0.5), int.MinValue, int.MaxValue);
            Assert.Equal(expected, Rescaling.Apply(sum, shift, int.MinValue, int.MaxValue));
        }
    }

    [Fact]
    public void Choose_AnyTerms_TakesTheLargestShiftThatFits()
    {
        var random = new Random(3);
        for (var trial = 0; trial < 2_000; trial++)
        {
            double[] reals = [Math.Pow(2, random.NextDouble() * 30 - 20), -Math.Pow(2, random.NextDouble() * 30 - 20)];
            long[] bounds = [1L << random.Next(31), 128];
            var (m, shift) = Rescaling.Choose(reals, bounds);
            Assert.True(shift == 0 || Fits(reals, bounds, shift, out m));
            for (var larger = shift + 1; larger <= Rescaling.LargestShift; larger++)
            {
                Assert.False(Fits(reals, bounds, larger, out _));
            }
        }
    }

    [Fact]
    public void Choose_MultiplierOfOne_CopiesEveryInt8()
    {
        var (m, shift) = Rescaling.Choose([1.0], [128]);
        Assert.All(Enumerable.Range(-128, 256), q => Assert.Equal(q, Rescaling.Apply((long)q * m[0], shift, -128, 127)));
    }

    [Fact]
    public void Choose_RatioOutOfRange_HasNoShift() => Assert.Equal(0, Rescaling.Choose([1e12], [128]).Shift);

    [Fact]
    public void Create_RatioOutOfRange_NamesTheLayer()
    {
        var thrown = Assert.Throws<QatGenException>(static () => RescaleConstant.Create([Quantity.Of(1, DType.QInt8)], 1e-12, ClampRange.None, DType.QInt8, "layer1.add"));
        Assert.Equal((QuantizationRules.NoShift, "layer1.add"), (thrown.Violations[0].Rule, thrown.Violations[0].Layer));
    }

    /// <summary>The conditions of NUMERICS section 5 in exact arithmetic.</summary>
    private static bool Fits(double[] reals, long[] bounds, int shift, out int[] multipliers)
    {
        var exact = reals.Select(r => (BigInteger)Math.Floor((r * Math.ScaleB(1, shift)) + 0.5)).ToArray();
        var sum = exact.Zip(bounds, (m, b) => BigInteger.Abs(m) * b).Aggregate(BigInteger.Pow(2, shift - 1), static (a, b) => a + b);
        var fits = exact.All(static m => BigInteger.Abs(m) < BigInteger.Pow(2, 31)) && sum < BigInteger.Pow(2, 52);
        multipliers = fits ? [.. exact.Select(static m => (int)m)] : [];
        return fits;
    }
}
