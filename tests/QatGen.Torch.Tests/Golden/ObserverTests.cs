using QatGen.Torch.Observers;

namespace QatGen.Torch.Tests.Golden;

public sealed class ObserverTests
{
    [Fact]
    public void Observe_EachBatch_FollowsPyTorch()
    {
        var cases = GoldenFile.Read("observers");
        Assert.Equal(93, cases.Count);
        foreach (var c in cases)
        {
            int? axis = c.Op.Contains("PerChannel", StringComparison.Ordinal) ? c.Integer("ch_axis") : null;
            Observer observer = c.Op.StartsWith("MovingAverage", StringComparison.Ordinal) ? new MovingAverageMinMaxObserver(c.Real("averaging_constant"), axis) : new MinMaxObserver(axis);
            for (var batch = 0; c.Inputs.TryGetValue($"b{batch}", out var data); batch++)
            {
                using var x = data.Float;
                observer.Observe(x);
                Check(c.Name, Row(c.Outputs["min"], batch), observer.Min);
                Check(c.Name, Row(c.Outputs["max"], batch), observer.Max);

                // Affine scales have a zero point, and unsigned or 32-bit ones another range.
                if (c.Text("qscheme").EndsWith("symmetric", StringComparison.Ordinal) && c.Text("dtype") == "qint8" && c.Integer("quant_min") == -128 && c.Integer("quant_max") == 127)
                {
                    Check(c.Name, Row(c.Outputs["scale"], batch), observer.Scales(DType.QInt8));
                }
            }
        }
    }

    private static double[] Row(GoldenTensor t, int row) => t.Data[(row * (int)t.Shape[1])..((row + 1) * (int)t.Shape[1])];

    private static void Check(string name, double[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - actual[i]) <= 1.2e-7 * Math.Abs(expected[i]), $"{name}[{i}]: {actual[i]:R} is not {expected[i]:R}");
        }
    }
}
