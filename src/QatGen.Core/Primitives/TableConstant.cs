using QatGen.Arithmetic;

namespace QatGen.Primitives;

/// <summary>
/// A function of one integer. Of an int8 q, <c>Values[q + 128]</c> is the result; of an int16, Values are the entries of a <see cref="SegmentTable"/> with <paramref name="Splits"/> and
/// <paramref name="Slopes"/>, which an int8 table does not have.
/// </summary>
public sealed record TableConstant(DType Input, DType DType, Seq<int> Values, Seq<int> Splits, Seq<int> Slopes) : Constant
{
    public const int SplitCount = SegmentTable.Segments + 1;
    public const int SlopeCount = 2;

    /// <summary>Integers that an input can be.</summary>
    public int InputCount => Input.Max() - Input.Min() + 1;

    /// <summary>Entries of a table for inputs of a type.</summary>
    public static int EntryCount(DType input) => input == DType.QInt8 ? input.Max() - input.Min() + 1 : SegmentTable.Segments * SegmentTable.Entries;

    /// <summary>What such a table takes of a march's memory: int16 entries, and int32 splits and slopes where it has segments.</summary>
    public static int Bytes(DType input) => (EntryCount(input) * sizeof(short)) + (input == DType.QInt8 ? 0 : (SplitCount + SlopeCount) * sizeof(int));

    /// <summary>The result of every input, from the smallest on.</summary>
    public int[] Expand()
    {
        if (Input == DType.QInt8)
        {
            return Values.ToArray();
        }

        var table = new SegmentTable(Splits.ToArray(), Values.ToArray(), Slopes.ToArray(), DType);
        return [.. Enumerable.Range(Input.Min(), InputCount).Select(table.Apply)];
    }

    /// <summary>Whether the numbers belong together, as those of conversion do.</summary>
    public bool IsValid() => DType != DType.QInt32 && Input switch
    {
        DType.QInt8 => Values.Count == InputCount && Splits.Count == 0 && Slopes.Count == 0 && Values.All(v => v >= DType.Min() && v <= DType.Max()),
        DType.QInt16 => Values.Count == EntryCount(Input) && Splits.Count == SplitCount && Slopes.Count == SlopeCount
            && Splits.Zip(Splits.Skip(1), static (a, b) => a <= b).All(static ok => ok) && Splits.All(static s => s is >= short.MinValue and <= short.MaxValue + 1)
            && Values.All(static v => v is >= short.MinValue and <= short.MaxValue),
        _ => false,
    };
}
