using QatGen.Torch.Functions;
using QatGen.Torch.Observers;

namespace QatGen.Torch.Tests.Golden;

/// <summary>The kept histogram and the scale found in it against PyTorch's HistogramObserver.</summary>
public sealed unsafe class HistogramTests
{
    [Fact]
    public void Observe_FourBatches_HasPyTorchsHistogramAndScale()
    {
        var cases = GoldenFile.Read("histogram_observer");
        Assert.Equal(8, cases.Count);
        foreach (var c in cases)
        {
            var observer = new HistogramObserver(new ObserverSettings.Norm(), c.Integer("bins"), updateInterval: 1, BetweenWholeNumbers);
            for (var batch = 0; batch < 4; batch++)
            {
                using var x = c.Inputs[$"b{batch}"].Float;
                observer.Observe(x);
                if (batch == 0)
                {
                    Close(c.Name, c.Outputs["scale_after_first"].Scalar, Scale(observer, c));
                }
            }

            Close(c.Name, c.Outputs["min"].Scalar, observer.Min[0]);
            Close(c.Name, c.Outputs["max"].Scalar, observer.Max[0]);
            var (expected, actual) = (c.Outputs["histogram"].Data, observer.Counts.ToArray());
            Assert.All(expected.Zip(actual), p => Assert.True(Math.Abs(p.First - p.Second) <= 1e-6 * Math.Max(1, p.First), $"{c.Name}: {p.Second:R} is not {p.First:R}"));
            Close(c.Name, c.Outputs["scale"].Scalar, Scale(observer, c));
        }
    }

    /// <summary>PyTorch's scale of the range: of an affine case from the range with 0 in it.</summary>
    private static double Scale(HistogramObserver observer, GoldenCase c)
    {
        var (min, max) = observer.Found(DType.QInt8);
        return c.Text("qscheme").EndsWith("symmetric", StringComparison.Ordinal) ? observer.Scales(DType.QInt8)[0] : (Math.Max(max, 0f) - Math.Min(min, 0f)) / 255.0;
    }

    /// <summary>PyTorch 1.13 counts what lies between the limits cut to whole numbers, or all where those are equal. Everything else of it is compared.</summary>
    private static float[] BetweenWholeNumbers(float* values, long count, float min, float max, int bins)
    {
        var (low, high) = (MathF.Truncate(min), MathF.Truncate(max));
        (low, high) = low == high ? ValueLoop.Range(values, count) : (low, high);
        var counted = new ReadOnlySpan<float>(values, (int)count).ToArray().Where(v => v >= low && v <= high).ToArray();
        fixed (float* first = counted)
        {
            return ValueLoop.Histogram(first, counted.Length, low, high, bins);
        }
    }

    private static void Close(string name, double expected, double actual) => Assert.True(Math.Abs(expected - actual) <= 1e-6 * Math.Abs(expected), $"{name}: {actual:R} is not {expected:R}");
}
