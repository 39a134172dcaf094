using System.Runtime.Intrinsics;
using QatGen.Primitives;
using static TorchSharp.torch;

namespace QatGen.Torch.Functions;

/// <summary>The pass over memory of a rescale, row by row. Products and sums of integers below 2^52 are exact in double, so the order of lanes and threads does not matter.</summary>
internal sealed unsafe class RescaleLoop
{
    private readonly Rows _rows;
    private readonly nint[] _data;
    private readonly bool[] _isDouble;
    private readonly double[][] _factors;
    private readonly Rounding _rounding;
    private readonly RoundingLimits _limits;
    private readonly (int Low, int High) _range;
    private readonly bool _isVector;

    public RescaleLoop(RescaleConstant constant, Tensor[] terms, Rounding rounding)
    {
        _rows = Rows.Of(terms[0], constant.Lanes, constant.Map);
        _isDouble = [.. terms.Select(static t => t.dtype == ScalarType.Float64)];
        _data = [.. terms.Select(static t => (nint)RawTensor.Floats(t))];
        _isVector = terms.Length <= 2 && !_isDouble.Contains(true);

        // m * 2^-r is exact: a power of two only moves the exponent.
        _factors = [.. terms.Select((_, t) => _rows.Laned(constant.LaneCount, lane => Math.ScaleB(constant.Multipliers[(lane * constant.Terms) + t], -constant.Shifts[lane])))];

        // One scale has one pair of limits.
        (_rounding, _range) = (rounding, (constant.Lows[0], constant.Highs[0]));
        _limits = RoundingLimits.Of(rounding, _range.Low, _range.High);
    }

    /// <summary>The words of bits that say what passes the gradient.</summary>
    public static int Words(Rows rows) => rows.Count * WordsPerRow(rows);

    public static int WordsPerRow(Rows rows) => (rows.Length + Vector512<float>.Count - 1) / Vector512<float>.Count;

    /// <summary>The rounded values, and which of them pass the gradient: a bit each, rows in whole words; nothing of that where <paramref name="passed"/> is null.</summary>
    public void Forward(float* result, ushort* passed) => RawTensor.ForRows(_rows.Count, _rows.Length, row =>
    {
        var start = (long)row * _rows.Length;
        var words = passed == null ? null : passed + ((long)row * WordsPerRow(_rows));
        var i = 0;
        if (_isVector)
        {
            fixed (double* x = _factors[0], y = _factors[^1])
            {
                i = TermLoop.Round(Terms(start, x, y, row), result + start, words, _rows.Length, _limits);
            }
        }

        for (; i < _rows.Length; i++)
        {
            var rounded = Math.Floor(Sum(start + i, _rows.At(row, i)) + 0.5);
            result[start + i] = (float)Math.Clamp(rounded, _limits.Low, _limits.High);
            if (words != null)
            {
                var (word, bit) = (i / Vector512<float>.Count, i % Vector512<float>.Count);
                words[word] = (ushort)((bit == 0 ? 0 : words[word]) | (Passes(rounded) ? 1 << bit : 0));
            }
        }
    });

    /// <summary>Of a learned scale: the gradients g * M_i of the terms inside the limits, else 0, and the sum of g * c over all positions.</summary>
    public double BackwardLearned(PassedLoop passed, float* gradient)
    {
        var sums = new double[_rows.Count];
        RawTensor.ForRows(_rows.Count, _rows.Length, row =>
        {
            var start = (long)row * _rows.Length;
            var (i, sum) = (0, 0.0);
            if (_isVector)
            {
                fixed (double* x = _factors[0], y = _factors[^1], gx = passed.Factors[0], gy = passed.Factors[^1])
                {
                    var first = _rows.First(row);
                    i = TermLoop.PassLearned(
                        Terms(start, x, y, row), gradient + start, passed.First(start), passed.Second(start), _rows.Length, gx + first, gy + first, _rows.Map is not null, _limits, out sum);
                }
            }

            for (; i < _rows.Length; i++)
            {
                var v = Sum(start + i, _rows.At(row, i));
                sum += gradient[start + i] * _rounding.Slope(v, _range.Low, _range.High);
                passed.Give(start + i, _rows.At(row, i), Passes(Math.Floor(v + 0.5)) ? gradient[start + i] : 0);
            }

            sums[row] = sum;
        });
        return sums.Sum();
    }

    private bool Passes(double rounded) => rounded >= _limits.LeastPassed && rounded <= _limits.MostPassed;

    private Terms Terms(long start, double* x, double* y, int row) =>
        new((float*)_data[0] + start, _data.Length == 1 ? null : (float*)_data[1] + start, x + _rows.First(row), y + _rows.First(row), _rows.Map is not null);

    /// <summary>sum t_i * m_i * 2^-r of one position.</summary>
    private double Sum(long position, int at)
    {
        double sum = 0;
        for (var t = 0; t < _data.Length; t++)
        {
            sum += (_isDouble[t] ? ((double*)_data[t])[position] : ((float*)_data[t])[position]) * _factors[t][at];
        }

        return sum;
    }
}
