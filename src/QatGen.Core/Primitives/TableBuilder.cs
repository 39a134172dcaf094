using QatGen.Arithmetic;

namespace QatGen.Primitives;

/// <summary>Makes tables from the real values of a function at every input, in input order (NUMERICS section 6), and measures them.</summary>
public static class TableBuilder
{
    private const int InputMin = short.MinValue;

    /// <summary>The part of the width of the observed results that may follow on either side.</summary>
    private const double Margin = 0.25;

    /// <summary>f(q * scale) for every integer q of a type; infinite values saturate.</summary>
    public static double[] Reals(TableFunction function, double scale, DType input) =>
        [.. Enumerable.Range(input.Min(), input.Max() - input.Min() + 1).Select(q => function.Value(q * scale))];

    /// <summary>
    /// The table that gives these reals in steps of <paramref name="scale"/>. Segments are spent, and errors counted, only where results lie near those that were <paramref name="observed"/>: what 1/x does on both
    /// sides of 0 is nothing to a model whose divisors are positive. The lines left and right of the segments are for the rest.
    /// </summary>
    public static TableFit Build(IReadOnlyList<double> reals, double scale, QuantRange output, TableSplit split, ClampRange observed)
    {
        double[] steps = [.. reals.Select(r => Math.Min(Math.Max(r / scale, int.MinValue), int.MaxValue))];
        if (steps.Length == 1 << 8)
        {
            var values = steps.Select(s => Quantization.Clamp(Quantization.Round(s), output.Low, output.High)).ToSeq();
            return Measured(new(DType.QInt8, output.Type, values, Seq<int>.Empty, Seq<int>.Empty), TableSplit.Automatic, steps, output, static _ => true);
        }

        var margin = Margin * (observed.High - observed.Low);
        bool IsNeeded(int input) => !(reals[input] < observed.Low - margin) && !(reals[input] > observed.High + margin);

        // Beyond what entries hold only the side counts; a range of fewer bits has no clamp of its own behind the table.
        var one = 1 << SegmentTable.FractionBits(output.Type);
        var (least, most) = output == output.Type ? ((double)short.MinValue / one, (double)short.MaxValue / one) : (output.Low, output.High);
        double[] near = [.. steps.Select(s => Math.Min(Math.Max(s, least), most))];
        return new[] { TableSplit.Even, TableSplit.Curvature }.Where(s => split == TableSplit.Automatic || split == s)
            .Select(s => Measured(Segmented(near, s == TableSplit.Even ? SegmentSplits.Even(near, IsNeeded) : SegmentSplits.ByCurvature(near, IsNeeded), output.Type), s, steps, output, IsNeeded))
            .OrderBy(static f => f.LargestError).ThenBy(static f => f.MeanError).First();
    }

    private static TableConstant Segmented(double[] steps, int[] splits, DType output)
    {
        var one = (double)(1 << SegmentTable.FractionBits(output));
        var values = Enumerable.Range(0, SegmentTable.Segments).SelectMany(k => Enumerable.Range(0, SegmentTable.Entries)
            .Select(i => Quantization.Quantize(At(steps, splits[k] + (i * (double)(splits[k + 1] - splits[k]) / (SegmentTable.Entries - 1))) * one, 1, DType.QInt16)));
        var (first, last) = (splits[0], splits[SegmentTable.Segments]);
        var left = Slope(At(steps, InputMin), At(steps, first), first - InputMin);
        var right = Slope(At(steps, last), At(steps, short.MaxValue), short.MaxValue - last);
        return new(DType.QInt16, output, values.ToSeq(), new(splits), new(left, right));

        int Slope(double from, double to, int length) => length <= 0 ? 0 : Quantization.Quantize((to - from) * one * (1 << SegmentTable.SlopeBits) / length, 1, DType.QInt32);
    }

    /// <summary>The value between inputs, and one beyond the last, by the line through two inputs.</summary>
    private static double At(double[] steps, double q)
    {
        var left = Math.Min((int)Math.Floor(q - InputMin), steps.Length - 2);
        var fraction = q - InputMin - left;
        return steps[left] + (fraction == 0 ? 0 : fraction * (steps[left + 1] - steps[left]));
    }

    private static TableFit Measured(TableConstant table, TableSplit split, double[] steps, QuantRange output, Func<int, bool> isNeeded)
    {
        var results = table.Expand();
        var (largest, sum, count) = (0.0, 0.0, 0);
        for (var i = 0; i < results.Length; i++)
        {
            if (isNeeded(i))
            {
                var error = Math.Abs(results[i] - Math.Min(Math.Max(steps[i], output.Low), output.High));
                (largest, sum, count) = (Math.Max(largest, error), sum + error, count + 1);
            }
        }

        return new(table, split, largest, sum / Math.Max(1, count));
    }
}
