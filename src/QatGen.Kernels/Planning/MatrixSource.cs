using QatGen.Primitives;

namespace QatGen.Kernels.Planning;

/// <summary>
/// The matrices of an int16 operand [N, ..., rows, columns]: an element lies as far behind the first one of its frame as its matrix, row and column say together. A constant lies in memory of its own.
/// </summary>
internal sealed unsafe class MatrixSource(Slot? slot, Pinned<short>? constant, int[][] axes, int[] rows, int[] columns)
{
    private int[]? _matrices;

    public Slot? Slot => slot;

    public int[] Matrices => _matrices ??= Sums(axes);

    public int[] Rows => rows;

    public int[] Columns => columns;

    public short* First(byte* arena, int n) => slot is null ? constant!.Pointer : (short*)slot.Pixel(arena, n, 0, 0);

    public static MatrixSource Of(Slot slot, Seq<int> shape)
    {
        var axes = Enumerable.Range(0, shape.Count).Select(axis => axis == 0 ? [0] : Steps(shape[axis], slot.Layout.Step(shape, axis))).ToArray();
        return new(slot, null, axes[1..^2], axes[^2], axes[^1]);
    }

    /// <summary>A constant seen in <paramref name="rank"/> dimensions: those that it lacks repeat it.</summary>
    public static MatrixSource Of(TensorConstant constant, int rank)
    {
        var memory = new Pinned<short>(constant.Values.Count);
        for (var i = 0; i < constant.Values.Count; i++)
        {
            memory.Pointer[i] = (short)constant.Values[i];
        }

        var (shape, missing) = (constant.Shape, rank - constant.Shape.Count);
        var axes = Enumerable.Range(0, rank).Select(axis => axis < missing ? [0] : Steps(shape[axis - missing], shape.Skip(axis - missing + 1).Aggregate(1, static (n, d) => n * d))).ToArray();
        return new(null, memory, axes[1..^2], axes[^2], axes[^1]);
    }

    /// <summary>The matrix for each of a result of this shape.</summary>
    public int[] RepeatedMatrices(Seq<int> result)
    {
        var sizes = result.Skip(1).Take(result.Count - 3).ToArray();
        return Sums([.. axes.Select((axis, i) => axis.Length == sizes[i] ? axis : new int[sizes[i]])]);
    }

    private static int[] Steps(int size, int step) => [.. Enumerable.Range(0, size).Select(i => i * step)];

    private static int[] Sums(int[][] axes) => axes.Aggregate(new[] { 0 }, static (all, axis) => [.. all.SelectMany(at => axis.Select(step => at + step))]);
}
