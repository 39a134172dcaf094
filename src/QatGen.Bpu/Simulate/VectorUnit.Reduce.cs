using QatGen.Primitives;

namespace QatGen.Bpu;

/// <summary>Reductions.</summary>
internal static partial class VectorUnit
{
    public static void Reduce(Span<byte> sram, Instruction.Reduce reduce)
    {
        var (from, to, kind) = (reduce.From, reduce.To, reduce.Kind);
        var (values, results) = (new int[from.Channels], new int[from.Channels]);
        for (var row = 0; row < to.Rows; row++)
        {
            for (var column = 0; column < to.Columns; column++)
            {
                for (var x = column; x < from.Columns; x += to.Columns)
                {
                    Integers.Read(sram.Slice(from.At(row, x), from.RunBytes), from.Type, values);
                    for (var c = 0; c < values.Length; c++)
                    {
                        results[c] = x == column ? values[c] : Two(kind, results[c], values[c]);
                    }
                }

                for (var c = 1; to.Channels == 1 && c < results.Length; c++)
                {
                    results[0] = Two(kind, results[0], results[c]);
                }

                Integers.Write(results.AsSpan(0, to.Channels), sram.Slice(to.At(row, column), to.RunBytes), to.Type);
            }
        }
    }

    private static int Two(ReduceKind kind, int a, int b) => kind switch { ReduceKind.Maximum => Math.Max(a, b), ReduceKind.Minimum => Math.Min(a, b), _ => a + b };
}
