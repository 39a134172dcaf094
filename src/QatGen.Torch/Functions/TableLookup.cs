using QatGen.Arithmetic;
using QatGen.Primitives;

namespace QatGen.Torch.Functions;

/// <summary>A table written out for every input from the smallest on, with the slope that training sees there.</summary>
internal sealed class TableLookup(TableConstant table, TableFunction function, double inputScale, double[] reals, double outputScale, Rounding rounding)
{
    private readonly Lazy<float[]> _slopes = new(() =>
    {
        var (least, most) = (rounding.LeastPassed(rounding.Range.Low), rounding.MostPassed(rounding.Range.High));
        return [.. reals.Select((real, i) => Quantization.Round(real / outputScale) is var y && y >= least && y <= most
            ? (float)(function.Derivative((table.Input.Min() + i) * inputScale) * inputScale / outputScale)
            : 0)];
    });

    public int First => table.Input.Min();

    public double OutputScale => outputScale;

    public float[] Results { get; } = [.. table.Expand().Select(static v => (float)v)];

    /// <summary>f'(q * s_x) * s_x / s_y where the rounded value passes the gradient, else 0.</summary>
    public float[] Slopes => _slopes.Value;

    /// <summary>c of each result.</summary>
    public float[] ScaleSlopes(Rounding learned) => [.. reals.Select(real => double.IsNaN(real) ? 0 : (float)learned.Slope(real / outputScale, learned.Range.Low, learned.Range.High))];
}
