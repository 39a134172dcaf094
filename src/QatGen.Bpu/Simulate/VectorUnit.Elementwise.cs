using System.Runtime.InteropServices;
using QatGen.Arithmetic;
using QatGen.Primitives;

namespace QatGen.Bpu;

/// <summary>Products, choices, comparisons and roundings.</summary>
internal static partial class VectorUnit
{
    public static void Multiply(Span<byte> sram, Instruction.Multiply product) =>
        ForElements(sram, new(product.X, product.Y), product.To, [], static (numbers, operand) => operand(0) * operand(1));

    public static void Elementwise(Span<byte> sram, Instruction.Elementwise operation)
    {
        int[] numbers = [.. MemoryMarshal.Cast<byte, int>(sram.Slice(operation.Table, 4 * operation.Numbers))];
        var kind = operation.Kind;
        ForElements(sram, operation.Terms, operation.To, numbers, (numbers, operand) => One(kind, numbers, operand));
    }

    private static void ForElements(Span<byte> sram, Seq<Region> terms, Region to, int[] numbers, Func<int[], Func<int, int>, int> element)
    {
        var (operands, channel) = (terms.Select(t => new int[t.Channels]).ToArray(), 0);
        int Operand(int index) => operands[index][operands[index].Length == 1 ? 0 : channel];
        var result = new int[to.Channels];
        for (var position = 0; position < to.Positions; position++)
        {
            var (row, column) = (position / to.Columns, position % to.Columns);
            for (var i = 0; i < operands.Length; i++)
            {
                var box = terms[i];
                Integers.Read(sram.Slice(box.At(row, column), box.RunBytes), box.Type, operands[i]);
            }

            for (channel = 0; channel < result.Length; channel++)
            {
                result[channel] = element(numbers, Operand);
            }

            Integers.Write(result, sram.Slice(to.At(row, column), to.RunBytes), to.Type);
        }
    }

    private static int One(ElementwiseKind kind, int[] numbers, Func<int, int> operand)
    {
        if (kind.IsComparison())
        {
            return new CompareConstant(numbers[0], numbers[1], numbers[2], numbers[3]).Holds(kind, operand(0), operand(1)) ? 1 : 0;
        }

        if (kind.IsRounding())
        {
            return new ScaleConstant(numbers[0], numbers[1]).Round(kind, operand(0));
        }

        if (kind == ElementwiseKind.Select)
        {
            return operand(0) != 0 ? Rescaled(numbers, 0, operand(1)) : Rescaled(numbers, 1, operand(2));
        }

        var (a, b) = (Rescaled(numbers, 0, operand(0)), Rescaled(numbers, 1, operand(1)));
        return kind == ElementwiseKind.Maximum ? Math.Max(a, b) : Math.Min(a, b);
    }

    private static int Rescaled(ReadOnlySpan<int> numbers, int lane, int value)
    {
        var row = numbers.Slice(4 * lane, 4);
        return Rescaling.Apply((long)value * row[3], row[0], row[1], row[2]);
    }
}
