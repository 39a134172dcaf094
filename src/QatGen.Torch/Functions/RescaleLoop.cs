using QatGen.Primitives;
using static TorchSharp.torch;

namespace QatGen.Torch.Functions;

/// <summary>The two passes over memory of a rescale, row by row. Products and sums of integers below 2^52 are exact in double, so the order of lanes and threads does not matter.</summary>
internal sealed unsafe class RescaleLoop
{
    private readonly RescaleConstant _constant;
    private readonly Rows _rows;
    private readonly nint[] _data;
    private readonly bool[] _isDouble;
    private readonly double[] _scaled;
    private readonly bool _isVector;

    public RescaleLoop(RescaleConstant constant, Tensor[] terms)
    {
        _constant = constant;
        _rows = Rows.Of(terms[0], constant.Lanes, constant.Map);
        _isDouble = [.. terms.Select(static t => t.dtype == ScalarType.Float64)];
        _data = [.. terms.Select(static t => (nint)RawTensor.Floats(t))];
        _isVector = _rows.Map is null && terms.Length <= 2 && !_isDouble.Contains(true);

        // m * 2^-r is exact: a power of two only moves the exponent.
        _scaled = [.. constant.Multipliers.Select((m, i) => Math.ScaleB(m, -constant.Shifts[i / constant.Terms]))];
    }

    private int Last => _data.Length - 1;

    public void Forward(float* result) => RawTensor.ForRows(_rows.Count, _rows.Length, row =>
    {
        var start = (long)row * _rows.Length;
        var i = 0;
        if (_isVector)
        {
            var lane = _rows.Lane(row);
            var (first, last) = (lane * _constant.Terms, (lane * _constant.Terms) + Last);
            i = TermLoop.Round(Floats(0) + start, Second(start), result + start, _rows.Length, _scaled[first], _scaled[last], _constant.Lows[lane], _constant.Highs[lane]);
        }

        for (; i < _rows.Length; i++)
        {
            var lane = _rows.Map is { } map ? map[i] : _rows.Lane(row);
            result[start + i] = (float)Math.Clamp(Math.Floor(Sum(start + i, lane) + 0.5), _constant.Lows[lane], _constant.Highs[lane]);
        }
    });

    /// <summary>g_i = g * M_i inside the limits, else 0; gives the sum of g * c over all positions where a scale is learned.</summary>
    public double Backward(double[] real, float* gradient, Tensor[] results, Rounding rounding)
    {
        var outgoing = results.Select(static t => (nint)RawTensor.Floats(t)).ToArray();
        var sums = new double[_rows.Count];
        RawTensor.ForRows(_rows.Count, _rows.Length, row =>
        {
            var start = (long)row * _rows.Length;
            var (i, sum) = (0, 0.0);
            if (_isVector)
            {
                var lane = _rows.Lane(row);
                var (first, last) = (lane * _constant.Terms, (lane * _constant.Terms) + Last);
                var limits = Limits(lane, rounding);
                i = rounding.Learned is null
                    ? TermLoop.Backward(
                        Floats(0) + start, Second(start), gradient + start, (float*)outgoing[0] + start, (float*)outgoing[Last] + start, _rows.Length,
                        _scaled[first], _scaled[last], (float)real[first], (float)real[last], limits)
                    : TermLoop.BackwardLearned(
                        Floats(0) + start, Second(start), gradient + start, (float*)outgoing[0] + start, (float*)outgoing[Last] + start, _rows.Length,
                        _scaled[first], _scaled[last], (float)real[first], (float)real[last], limits, out sum);
            }

            for (; i < _rows.Length; i++)
            {
                var lane = _rows.Map is { } map ? map[i] : _rows.Lane(row);
                var v = Sum(start + i, lane);
                var rounded = Math.Floor(v + 0.5);
                var (low, high, g) = (_constant.Lows[lane], _constant.Highs[lane], gradient[start + i]);
                var passed = rounded >= rounding.LeastPassed(low) && rounded <= rounding.MostPassed(high) ? g : 0;
                sum += rounding.Learned is null ? 0 : g * rounding.Slope(v, low, high);
                for (var t = 0; t < outgoing.Length; t++)
                {
                    var factor = real[(lane * _constant.Terms) + t];
                    if (_isDouble[t])
                    {
                        ((double*)outgoing[t])[start + i] = passed * factor;
                    }
                    else
                    {
                        ((float*)outgoing[t])[start + i] = passed * (float)factor;
                    }
                }
            }

            sums[row] = sum;
        });
        return sums.Sum();
    }

    private RoundingLimits Limits(int lane, Rounding rounding) => RoundingLimits.Of(rounding, _constant.Lows[lane], _constant.Highs[lane]);

    private float* Floats(int term) => (float*)_data[term];

    private float* Second(long start) => Last == 0 ? null : Floats(1) + start;

    /// <summary>sum t_i * m_i * 2^-r of one position.</summary>
    private double Sum(long at, int lane)
    {
        double sum = 0;
        for (var t = 0; t < _data.Length; t++)
        {
            sum += (_isDouble[t] ? ((double*)_data[t])[at] : Floats(t)[at]) * _scaled[(lane * _constant.Terms) + t];
        }

        return sum;
    }
}
