using System.Runtime.InteropServices;
using QatGen.Arithmetic;
using QatGen.Primitives;

namespace QatGen.Bpu;

/// <summary>A table of a function in memory: for int8 inputs 256 int16 results; for int16 int32 splits and slopes, then int16 entries.</summary>
internal static class FunctionTable
{
    public static void Write(TableConstant table, Span<byte> block)
    {
        int[] head = [.. table.Splits, .. table.Slopes];
        MemoryMarshal.AsBytes(head.AsSpan()).CopyTo(block);
        short[] values = [.. table.Values.Select(static v => (short)v)];
        MemoryMarshal.AsBytes(values.AsSpan()).CopyTo(block[(head.Length * sizeof(int))..]);
    }

    /// <summary>The function that a table in memory stands for.</summary>
    public static Func<int, int> Read(ReadOnlySpan<byte> block, DType input, DType output)
    {
        var head = input == DType.QInt8 ? [] : MemoryMarshal.Cast<byte, int>(block)[..(TableConstant.SplitCount + TableConstant.SlopeCount)].ToArray();
        int[] values = [.. MemoryMarshal.Cast<byte, short>(block[(head.Length * sizeof(int))..TableConstant.Bytes(input)]).ToArray().Select(static v => (int)v)];
        return input == DType.QInt8 ? q => values[q - input.Min()] : new SegmentTable(head[..TableConstant.SplitCount], values, head[TableConstant.SplitCount..], output).Apply;
    }
}
