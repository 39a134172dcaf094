using QatGen.Arithmetic;
using static TorchSharp.torch;

namespace QatGen.Torch.Functions;

/// <summary>The range of the real values that integer terms stand for, before they are rounded: the smallest and largest of the clamped sum of t_i * scale_i.</summary>
internal static unsafe class RangeLoop
{
    /// <summary>Those real values, in float32; the caller's dispose scope owns them.</summary>
    public static Tensor Reals(QatValue.Activation[] terms, ClampRange range)
    {
        var result = empty(terms[0].Data.shape, ScalarType.Float32);
        Run(terms, range, RawTensor.Floats(result));
        return result;
    }

    public static (float Min, float Max) Run(QatValue.Activation[] terms, ClampRange range) => Run(terms, range, null);

    private static (float Min, float Max) Run(QatValue.Activation[] terms, ClampRange range, float* reals)
    {
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        var lanes = terms.Select(static t => t.Known).FirstOrDefault(static q => q.Lanes != LaneKind.Tensor) ?? terms[0].Known;
        var data = terms.Select(static t => RawTensor.Contiguous(t.Data.detach())).ToArray();
        var rows = Rows.Of(data[0], lanes.Lanes, lanes.Map);
        var pointers = data.Select(static d => (nint)RawTensor.Floats(d)).ToArray();
        var isDouble = data.Select(static d => d.dtype == ScalarType.Float64).ToArray();
        var isVector = reals == null && terms.Length <= 2 && !isDouble.Contains(true);
        var steps = terms.Select(t => rows.Laned(lanes.Count, lane => t.Known.Step(t.Known.LaneFor(lane)))).ToArray();
        var (mins, maxs) = (new double[rows.Count], new double[rows.Count]);
        RawTensor.ForRows(rows.Count, rows.Length, row =>
        {
            var start = (long)row * rows.Length;
            var (min, max) = (double.PositiveInfinity, double.NegativeInfinity);
            var i = 0;
            if (isVector)
            {
                fixed (double* x = steps[0], y = steps[^1])
                {
                    var second = pointers.Length == 1 ? null : (float*)pointers[1] + start;
                    i = TermLoop.Range(new((float*)pointers[0] + start, second, x + rows.First(row), y + rows.First(row), rows.Map is not null), rows.Length, out min, out max);
                }
            }

            for (; i < rows.Length; i++)
            {
                var at = rows.At(row, i);
                double sum = 0;
                for (var t = 0; t < pointers.Length; t++)
                {
                    sum += (isDouble[t] ? ((double*)pointers[t])[start + i] : ((float*)pointers[t])[start + i]) * steps[t][at];
                }

                (min, max) = (Math.Min(min, sum), Math.Max(max, sum));
                if (reals != null)
                {
                    reals[start + i] = (float)Math.Clamp(sum, range.Low, range.High);
                }
            }

            (mins[row], maxs[row]) = (min, max);
        });
        return ((float)Math.Clamp(mins.Min(), range.Low, range.High), (float)Math.Clamp(maxs.Max(), range.Low, range.High));
    }
}
