using System.Runtime.InteropServices;

namespace QatGen.Bpu;

/// <summary>The integers of one type that lie side by side in memory.</summary>
internal static class Integers
{
    public static void Read(ReadOnlySpan<byte> run, DType type, Span<int> values)
    {
        switch (type)
        {
            case DType.QInt8:
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = (sbyte)run[i];
                }

                break;
            case DType.QInt16:
                var shorts = MemoryMarshal.Cast<byte, short>(run);
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = shorts[i];
                }

                break;
            default:
                run[..(values.Length * sizeof(int))].CopyTo(MemoryMarshal.AsBytes(values));
                break;
        }
    }

    /// <summary>Writes integers that fit the type.</summary>
    public static void Write(ReadOnlySpan<int> values, Span<byte> run, DType type)
    {
        switch (type)
        {
            case DType.QInt8:
                for (var i = 0; i < values.Length; i++)
                {
                    run[i] = (byte)values[i];
                }

                break;
            case DType.QInt16:
                var shorts = MemoryMarshal.Cast<byte, short>(run);
                for (var i = 0; i < values.Length; i++)
                {
                    shorts[i] = (short)values[i];
                }

                break;
            default:
                MemoryMarshal.AsBytes(values).CopyTo(run);
                break;
        }
    }
}
