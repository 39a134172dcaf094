namespace QatGen.Bpu;

/// <summary>Products of matrices.</summary>
internal static partial class TensorUnit
{
    public static void MatMul(Span<byte> sram, Instruction.MatMul product)
    {
        var (x, y, to, inner) = (product.X, product.Y, product.To, product.Inner);
        var (left, right, sums) = (new int[x.Channels], new int[y.Channels], new int[to.Channels]);
        var rows = to.Rows / Math.Max(1, product.Matrices);
        for (var row = 0; row < to.Rows; row++)
        {
            var first = y.Rows == inner ? 0 : row / rows * inner;
            for (var column = 0; column < to.Columns; column++)
            {
                Array.Clear(sums);
                for (var k = 0; k < inner; k++)
                {
                    Integers.Read(sram.Slice(x.At(row, k), x.RunBytes), x.Type, left);
                    if (product.Matrices > 0 || k == 0)
                    {
                        Integers.Read(sram.Slice(product.Matrices > 0 ? y.At(first + k, column) : y.At(0, column), y.RunBytes), y.Type, right);
                    }

                    for (var c = 0; c < sums.Length; c++)
                    {
                        sums[c] += left[c] * right[product.Matrices == 0 ? k : right.Length == 1 ? 0 : c];
                    }
                }

                Integers.Write(sums, sram.Slice(to.At(row, column), to.RunBytes), to.Type);
            }
        }
    }
}
