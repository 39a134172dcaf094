using QatGen.Arithmetic;
using QatGen.Primitives;

namespace QatGen.Torch.Functions;

/// <summary>A table written out for every input from the smallest on, with the slope that training sees there.</summary>
internal sealed class TableLookup(TableConstant table, TableFunction function, double inputScale, double[] reals, double outputScale)
{
    private readonly Lazy<float[]> _slopes = new(() => [.. reals.Select((real, i) => Quantization.Round(real / outputScale) is var y && y >= table.DType.Min() && y <= table.DType.Max()
        ? (float)(function.Derivative((table.Input.Min() + i) * inputScale) * inputScale / outputScale)
        : 0)]);

    public int First => table.Input.Min();

    public float[] Results { get; } = [.. table.Expand().Select(static v => (float)v)];

    /// <summary>f'(q * s_x) * s_x / s_y where the rounded value lies inside the output's range, else 0.</summary>
    public float[] Slopes => _slopes.Value;
}
