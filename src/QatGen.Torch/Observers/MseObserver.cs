using QatGen.Arithmetic;
using QatGen.Torch.Functions;

namespace QatGen.Torch.Observers;

/// <summary>
/// Shrinks each batch's range in steps of <paramref name="stride"/> percent, down to 6 %, and takes the one with the least sum of squared errors after quantization to <paramref name="range"/>.
/// </summary>
public sealed unsafe class MseObserver(QuantRange range, int stride = 1, double averagingConstant = 0.01, int? channelAxis = null) : Observer(averagingConstant, channelAxis)
{
    /// <summary>The parts of the range that are tried, the largest first.</summary>
    internal static double[] Parts(int stride) => [.. Enumerable.Range(0, 95).Where(i => i % stride == 0).Select(static i => 1 - (0.01 * i))];

    internal override (float Min, float Max) Represented(float* values, long count, float min, float max) => Limited(min, max, Best(values, count, Math.Max(-min, max), Parts(stride), range));

    /// <summary>Of some parts of the largest magnitude the one with the least error; of equal ones the first.</summary>
    internal static double Best(float* values, long count, float largest, double[] parts, QuantRange range)
    {
        var scales = parts.Select(p => Quantization.Scale(0, (float)(largest * p), range)).ToArray();
        var errors = ValueLoop.SquaredErrors(values, count, scales, range);
        return largest * parts[Array.IndexOf(errors, errors.Min())];
    }
}
