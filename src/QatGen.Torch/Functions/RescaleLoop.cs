using System.Numerics;
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

    public RescaleLoop(RescaleConstant constant, Tensor[] terms)
    {
        _constant = constant;
        _rows = Rows.Of(terms[0], constant.Lanes, constant.Map);
        _isDouble = [.. terms.Select(static t => t.dtype == ScalarType.Float64)];
        _data = [.. terms.Select(static t => (nint)RawTensor.Floats(t))];

        // m * 2^-r is exact: a power of two only moves the exponent.
        _scaled = [.. constant.Multipliers.Select((m, i) => Math.ScaleB(m, -constant.Shifts[i / constant.Terms]))];
    }

    public void Forward(float* result) => RawTensor.ForRows(_rows.Count, _rows.Length, row =>
    {
        var start = (long)row * _rows.Length;
        var i = 0;
        if (_rows.Map is null && !_isDouble.Contains(true))
        {
            var lane = _rows.Lane(row);
            var (low, high) = (new Vector<double>(_constant.Lows[lane]), new Vector<double>(_constant.Highs[lane]));
            for (; i + Vector<float>.Count <= _rows.Length; i += Vector<float>.Count)
            {
                var (a, b) = Rounded(start + i, lane);
                Vector.Narrow(Vector.Min(Vector.Max(a, low), high), Vector.Min(Vector.Max(b, low), high)).Store(result + start + i);
            }
        }

        for (; i < _rows.Length; i++)
        {
            var lane = _rows.Map is { } map ? map[i] : _rows.Lane(row);
            result[start + i] = (float)Math.Clamp(Rounded(start + i, lane, 0), _constant.Lows[lane], _constant.Highs[lane]);
        }
    });

    /// <summary>g_i = g * M_i inside the limits, else 0.</summary>
    public void Backward(double[] real, float* gradient, Tensor[] results)
    {
        var outgoing = results.Select(static t => (nint)RawTensor.Floats(t)).ToArray();
        RawTensor.ForRows(_rows.Count, _rows.Length, row =>
        {
            var start = (long)row * _rows.Length;
            var i = 0;
            if (_rows.Map is null && !_isDouble.Contains(true))
            {
                var lane = _rows.Lane(row);
                var (low, high) = (new Vector<double>(_constant.Lows[lane]), new Vector<double>(_constant.Highs[lane]));
                for (; i + Vector<float>.Count <= _rows.Length; i += Vector<float>.Count)
                {
                    var (a, b) = Rounded(start + i, lane);
                    var inside = Vector.Narrow(Inside(a, low, high), Inside(b, low, high));
                    var passed = Vector.ConditionalSelect(inside, Vector.Load(gradient + start + i), Vector<float>.Zero);
                    for (var t = 0; t < outgoing.Length; t++)
                    {
                        (passed * new Vector<float>((float)real[(lane * _constant.Terms) + t])).Store((float*)outgoing[t] + start + i);
                    }
                }
            }

            for (; i < _rows.Length; i++)
            {
                var lane = _rows.Map is { } map ? map[i] : _rows.Lane(row);
                var rounded = Rounded(start + i, lane, 0);
                var passed = rounded >= _constant.Lows[lane] && rounded <= _constant.Highs[lane] ? gradient[start + i] : 0;
                for (var t = 0; t < outgoing.Length; t++)
                {
                    var value = passed * real[(lane * _constant.Terms) + t];
                    if (_isDouble[t])
                    {
                        ((double*)outgoing[t])[start + i] = value;
                    }
                    else
                    {
                        ((float*)outgoing[t])[start + i] = (float)value;
                    }
                }
            }
        });
    }

    private static Vector<long> Inside(Vector<double> v, Vector<double> low, Vector<double> high) => Vector.GreaterThanOrEqual(v, low) & Vector.LessThanOrEqual(v, high);

    /// <summary>floor(sum t_i * m_i * 2^-r + 0.5) of a vector of positions, as two halves.</summary>
    private (Vector<double> A, Vector<double> B) Rounded(long at, int lane)
    {
        var (a, b) = (Vector<double>.Zero, Vector<double>.Zero);
        for (var t = 0; t < _data.Length; t++)
        {
            var m = new Vector<double>(_scaled[(lane * _constant.Terms) + t]);
            Vector.Widen(Vector.Load((float*)_data[t] + at), out var low, out var high);
            a += low * m;
            b += high * m;
        }

        var half = new Vector<double>(0.5);
        return (Vector.Floor(a + half), Vector.Floor(b + half));
    }

    private double Rounded(long at, int lane, double sum)
    {
        for (var t = 0; t < _data.Length; t++)
        {
            sum += (_isDouble[t] ? ((double*)_data[t])[at] : ((float*)_data[t])[at]) * _scaled[(lane * _constant.Terms) + t];
        }

        return Math.Floor(sum + 0.5);
    }
}
