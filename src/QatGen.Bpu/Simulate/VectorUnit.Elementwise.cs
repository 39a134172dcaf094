using System.Runtime.InteropServices;
using QatGen.Arithmetic;
using QatGen.Primitives;

namespace QatGen.Bpu;

/// <summary>Products, choices and comparisons.</summary>
internal static partial class VectorUnit
{
    public static void Elementwise(Span<byte> sram, Instruction.Elementwise operation)
    {
        var (to, kind) = (operation.To, operation.Kind);
        var numbers = MemoryMarshal.Cast<byte, int>(sram.Slice(operation.Table, 4 * kind.Numbers()));
        var operands = operation.Terms.Select(t => new int[t.Channels]).ToArray();
        var result = new int[to.Channels];
        for (var position = 0; position < to.Positions; position++)
        {
            var (row, column) = (position / to.Columns, position % to.Columns);
            for (var i = 0; i < operands.Length; i++)
            {
                var box = operation.Terms[i];
                Integers.Read(sram.Slice(box.At(row, column), box.RunBytes), box.Type, operands[i]);
            }

            for (var c = 0; c < result.Length; c++)
            {
                result[c] = One(kind, numbers, operands, c);
            }

            Integers.Write(result, sram.Slice(to.At(row, column), to.RunBytes), to.Type);
        }
    }

    private static int One(VectorKind kind, ReadOnlySpan<int> numbers, int[][] operands, int channel)
    {
        int Operand(int index) => operands[index][operands[index].Length == 1 ? 0 : channel];
        if (kind == VectorKind.Multiply)
        {
            return Operand(0) * Operand(1);
        }

        if (kind.Elementwise().IsComparison())
        {
            return new CompareConstant(numbers[0], numbers[1], numbers[2], numbers[3]).Holds(kind.Elementwise(), Operand(0), Operand(1)) ? 1 : 0;
        }

        if (kind == VectorKind.Select)
        {
            return Operand(0) != 0 ? Rescaled(numbers, 0, Operand(1)) : Rescaled(numbers, 1, Operand(2));
        }

        var (a, b) = (Rescaled(numbers, 0, Operand(0)), Rescaled(numbers, 1, Operand(1)));
        return kind == VectorKind.Maximum ? Math.Max(a, b) : Math.Min(a, b);
    }

    private static int Rescaled(ReadOnlySpan<int> numbers, int lane, int value)
    {
        var row = numbers.Slice(4 * lane, 4);
        return Rescaling.Apply((long)value * row[3], row[0], row[1], row[2]);
    }
}
