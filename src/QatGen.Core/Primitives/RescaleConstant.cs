using QatGen.Arithmetic;

namespace QatGen.Primitives;

/// <summary>
/// The numbers of one rescale. Lane l of term i uses <c>Multipliers[l * Terms + i]</c>, <c>Shifts[l]</c>, <c>Lows[l]</c> and <c>Highs[l]</c>; a position's lane is <c>Map[h * W + w]</c>.
/// Pass-through (<see cref="IsPassThrough"/>, shift 0) keeps the int32 accumulator of a high-precision output. <paramref name="Scales"/> are the output's: one, or one per channel for qint32.
/// </summary>
public sealed record RescaleConstant(
    DType DType, LaneKind Lanes, int Terms, Seq<int> Multipliers, Seq<int> Shifts, Seq<int> Lows, Seq<int> Highs, Seq<int> Map, Seq<double> Scales) : Constant
{
    public bool IsPassThrough => DType == DType.QInt32;

    public int LaneCount => Shifts.Count;

    /// <summary>The numbers of one operand where each has its own lane.</summary>
    public RescaleConstant Lane(int lane) =>
        new(DType, LaneKind.Tensor, 1, new(Multipliers[lane]), new(Shifts[lane]), new(Lows[lane]), new(Highs[lane]), Seq<int>.Empty, Scales);

    /// <summary>The constant that takes <paramref name="terms"/> to <paramref name="scale"/>; throws for a layer whose multipliers fit no shift.</summary>
    public static RescaleConstant Create(IReadOnlyList<Quantity> terms, double scale, ClampRange range, QuantRange integers, string layer)
    {
        var widest = terms.OrderByDescending(static t => t.Count).First();
        var lanes = terms.FirstOrDefault(static t => t.Lanes != LaneKind.Tensor) ?? widest;
        var rows = Enumerable.Range(0, lanes.Count).Select(lane => terms.Select(t => (M: t.Multiplier(t.LaneFor(lane), scale), B: t.Bounds[t.LaneFor(lane)])).ToArray());
        return FromRows(lanes.Count == 1 ? LaneKind.Tensor : lanes.Lanes, [.. rows], lanes.Map, scale, range, integers, layer);
    }

    /// <summary>The constant of a concatenation: one lane and one term per part.</summary>
    public static RescaleConstant CreateConcat(IReadOnlyList<Quantity> parts, double scale, QuantRange integers, string layer) =>
        FromRows(LaneKind.Input, [.. parts.Select(p => new[] { (p.Multiplier(0, scale), p.Bounds[0]) })], Seq<int>.Empty, scale, ClampRange.None, integers, layer);

    /// <summary>Keeps an accumulator as the qint32 output, with limits at each channel's own scale.</summary>
    public static RescaleConstant PassThrough(Quantity term, ClampRange range)
    {
        var limits = term.Scales.Select(s => Quantization.Limits(range, s, DType.QInt32)).ToArray();
        return new(DType.QInt32, term.Lanes, 1, new([.. term.Scales.Select(static _ => 1)]), new([.. term.Scales.Select(static _ => 0)]),
            limits.Select(static l => l.Low).ToSeq(), limits.Select(static l => l.High).ToSeq(), term.Map, term.Scales);
    }

    private static RescaleConstant FromRows(LaneKind kind, IReadOnlyList<(double M, long B)[]> rows, Seq<int> map, double scale, ClampRange range, QuantRange integers, string layer)
    {
        var chosen = rows.Select(row => Rescaling.Choose([.. row.Select(static t => t.M)], [.. row.Select(static t => t.B)])).ToArray();
        if (chosen.Any(static c => c.Shift == 0))
        {
            throw QatGenException.Of(QuantizationRules.NoShift, layer, scale.ToString("R", System.Globalization.CultureInfo.InvariantCulture));
        }

        var (low, high) = Quantization.Limits(range, scale, integers);
        return new(integers.Type, kind, rows[0].Length, chosen.SelectMany(static c => c.Multipliers).ToSeq(), chosen.Select(static c => c.Shift).ToSeq(),
            chosen.Select(_ => low).ToSeq(), chosen.Select(_ => high).ToSeq(), map, new(scale));
    }
}
