using QatGen.Arithmetic;
using QatGen.Primitives;

namespace QatGen.Files;

/// <summary>The constants of an integer program as bytes.</summary>
internal static class ConstantFormat
{
    private enum Tag : byte
    {
        Weight,
        Bias,
        Rescale,
        Clamp,
        Fill,
        Tensor,
        Compare,
        Grid,
        Table,
        Scale,
    }

    public static void Write(BinaryWriter writer, Constant constant)
    {
        switch (constant)
        {
            case WeightConstant w:
                writer.Write((byte)Tag.Weight);
                writer.WriteList(w.Shape, writer.Write);
                writer.WriteList(w.Values, writer.Write);
                break;
            case BiasConstant b:
                writer.Write((byte)Tag.Bias);
                writer.WriteList(b.Values, writer.Write);
                break;
            case RescaleConstant r:
                writer.Write((byte)Tag.Rescale);
                writer.Write((byte)r.DType);
                writer.Write((byte)r.Lanes);
                writer.Write(r.Terms);
                Array.ForEach([r.Multipliers, r.Shifts, r.Lows, r.Highs, r.Map], list => writer.WriteList(list, writer.Write));
                writer.WriteList(r.Scales, writer.Write);
                break;
            case ClampConstant c:
                writer.Write((byte)Tag.Clamp);
                writer.Write(c.Low);
                writer.Write(c.High);
                break;
            case FillConstant f:
                writer.Write((byte)Tag.Fill);
                writer.Write(f.Value);
                break;
            case TensorConstant t:
                writer.Write((byte)Tag.Tensor);
                writer.WriteList(t.Shape, writer.Write);
                writer.Write((byte)t.DType);
                writer.WriteList(t.Values, writer.Write);
                writer.Write(t.Scale);
                break;
            case GridConstant g:
                writer.Write((byte)Tag.Grid);
                Array.ForEach([g.MultiplierX, g.MultiplierY, g.Shift, g.Bits], writer.Write);
                break;
            case CompareConstant c:
                writer.Write((byte)Tag.Compare);
                Array.ForEach([c.MultiplierX, c.ShiftX, c.MultiplierY, c.ShiftY], writer.Write);
                break;
            case ScaleConstant s:
                writer.Write((byte)Tag.Scale);
                Array.ForEach([s.Multiplier, s.Shift], writer.Write);
                break;
            case TableConstant l:
                writer.Write((byte)Tag.Table);
                writer.Write((byte)l.Input);
                writer.Write((byte)l.DType);
                Array.ForEach([l.Values, l.Splits, l.Slopes], list => writer.WriteList(list, writer.Write));
                break;
            default:
                throw new InvalidOperationException(constant.GetType().Name);
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote; throws <see cref="InvalidDataException"/> for numbers that no constant has.</summary>
    public static Constant Read(BinaryReader reader)
    {
        var tag = (Tag)reader.ReadByte();
        return tag switch
        {
            Tag.Weight => Checked(new WeightConstant(Integers(), reader.ReadList(reader.ReadSByte)), IsValid),
            Tag.Bias => new BiasConstant(Integers()),
            Tag.Rescale => Checked(
                new RescaleConstant(
                    (DType)reader.ReadByte(), (LaneKind)reader.ReadByte(), reader.ReadInt32(), Integers(), Integers(), Integers(), Integers(), Integers(), reader.ReadList(reader.ReadDouble)),
                IsValid),
            Tag.Clamp => Checked(new ClampConstant(reader.ReadInt32(), reader.ReadInt32()), static c => c.Low <= c.High),
            Tag.Fill => new FillConstant(reader.ReadInt32()),
            Tag.Tensor => Checked(new TensorConstant(Integers(), (DType)reader.ReadByte(), Integers(), reader.ReadDouble()), IsValid),
            Tag.Grid => Checked(new GridConstant(reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32()), IsValid),
            Tag.Compare => Checked(new CompareConstant(reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32()), IsValid),
            Tag.Scale => Checked(new ScaleConstant(reader.ReadInt32(), reader.ReadInt32()), static s => s.Multiplier is > 0 and < 1 << 24 && s.Shift is > 0 and <= ScaleConstant.LargestShift),
            Tag.Table => Checked(new TableConstant((DType)reader.ReadByte(), (DType)reader.ReadByte(), Integers(), Integers(), Integers()), static t => Enum.IsDefined(typeof(DType), t.DType) && t.IsValid()),
            _ => throw new InvalidDataException($"constant {(int)tag} is not known"),
        };

        Seq<int> Integers() => reader.ReadList(reader.ReadInt32);
    }

    private static T Checked<T>(T constant, Func<T, bool> isValid)
        where T : Constant => isValid(constant) ? constant : throw new InvalidDataException($"a {typeof(T).Name} holds numbers that do not belong together");

    private static bool IsValid(WeightConstant w) => w.Shape.Count == 4 && w.Shape.All(static d => d > 0) && w.Shape.Aggregate(1.0, static (n, d) => n * d) == w.Values.Count;

    private static bool IsValid(TensorConstant t) => t.Shape.Count > 0 && t.Shape.All(static d => d > 0) && t.Shape.Aggregate(1.0, static (n, d) => n * d) == t.Values.Count
        && Enum.IsDefined(typeof(DType), t.DType) && t.Values.All(v => v >= t.DType.Min() && v <= t.DType.Max()) && t.Scale > 0 && !double.IsInfinity(t.Scale);

    private static bool IsValid(GridConstant g) => g.MultiplierX >= 0 && g.MultiplierY >= 0 && g.Shift is >= 1 and <= GridConstant.LargestShift && g.Bits is >= 1 and <= GridConstant.NearestBits;

    private static bool IsValid(CompareConstant c) => new[] { c.MultiplierX, c.MultiplierY }.All(static m => m is > 0 and < 1 << 24) && new[] { c.ShiftX, c.ShiftY }.All(static s => s is >= 0 and <= 17);

    private static bool IsValid(RescaleConstant r)
    {
        var known = Enum.IsDefined(typeof(DType), r.DType) && Enum.IsDefined(typeof(LaneKind), r.Lanes);
        var counts = r.Terms > 0 && r.LaneCount > 0 && r.Multipliers.Count == (long)r.LaneCount * r.Terms && r.Lows.Count == r.LaneCount && r.Highs.Count == r.LaneCount;
        return known && counts
            && r.Shifts.All(s => r.IsPassThrough ? s == 0 : s is >= 1 and <= Rescaling.LargestShift)
            && (!r.IsPassThrough || (r.Terms == 1 && r.Multipliers.All(static m => m == 1)))
            && r.Lows.Zip(r.Highs, (low, high) => low <= high && low >= r.DType.Min() && high <= r.DType.Max()).All(static ok => ok)
            && (r.Map.Count > 0) == (r.Lanes == LaneKind.Position) && r.Map.All(lane => lane >= 0 && lane < r.LaneCount)
            && (r.Scales.Count == 1 || r.Scales.Count == r.LaneCount) && r.Scales.All(static s => s > 0 && !double.IsInfinity(s));
    }
}
