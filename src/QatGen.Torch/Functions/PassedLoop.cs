using System.Runtime.Intrinsics;
using QatGen.Primitives;
using static TorchSharp.torch;

namespace QatGen.Torch.Functions;

/// <summary>The gradients of a rescale's terms, g * M_i where g passes: results of the given types in the shape of <paramref name="gradient"/>; <paramref name="real"/> holds the real multipliers in the constant's order.</summary>
internal sealed unsafe class PassedLoop(RescaleConstant constant, double[] real, bool[] isDouble, Tensor gradient)
{
    private readonly Rows _rows = Rows.Of(gradient, constant.Lanes, constant.Map);
    private readonly Tensor[] _results = [.. isDouble.Select(d => empty(gradient.shape, d ? ScalarType.Float64 : ScalarType.Float32))];

    public Tensor[] Results => _results;

    /// <summary>M_i by term, and by lane or position.</summary>
    public double[][] Factors => field ??= [.. isDouble.Select((_, t) => _rows.Laned(constant.LaneCount, lane => real[(lane * constant.Terms) + t]))];

    private nint[] Data => field ??= [.. _results.Select(static r => (nint)RawTensor.Floats(r))];

    public float* First(long start) => (float*)Data[0] + start;

    /// <summary>null for one term.</summary>
    public float* Second(long start) => Data.Length == 1 ? null : (float*)Data[1] + start;

    /// <summary>Where bits say what passes.</summary>
    public void Run(ushort* passed)
    {
        var (g, isVector) = ((nint)RawTensor.Floats(gradient), isDouble.Length <= 2 && !isDouble.Contains(true));
        _ = (Factors, Data);
        RawTensor.ForRows(_rows.Count, _rows.Length, row =>
        {
            var start = (long)row * _rows.Length;
            var words = passed + ((long)row * RescaleLoop.WordsPerRow(_rows));
            var i = 0;
            if (isVector)
            {
                fixed (double* x = Factors[0], y = Factors[^1])
                {
                    var first = _rows.First(row);
                    i = TermLoop.Pass((float*)g + start, words, First(start), Second(start), _rows.Length, x + first, y + first, _rows.Map is not null);
                }
            }

            for (; i < _rows.Length; i++)
            {
                var passes = (words[i / Vector512<float>.Count] >> (i % Vector512<float>.Count) & 1) != 0;
                Give(start + i, _rows.At(row, i), passes ? ((float*)g)[start + i] : 0);
            }
        });
    }

    /// <summary>The gradients of one position.</summary>
    public void Give(long position, int at, float passed)
    {
        for (var t = 0; t < Data.Length; t++)
        {
            if (isDouble[t])
            {
                ((double*)Data[t])[position] = passed * Factors[t][at];
            }
            else
            {
                ((float*)Data[t])[position] = passed * (float)Factors[t][at];
            }
        }
    }
}
