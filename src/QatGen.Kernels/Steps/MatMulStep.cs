using QatGen.Kernels.Planning;
using QatGen.Kernels.Simd;

namespace QatGen.Kernels.Steps;

/// <summary>
/// Products of int16 matrices, one after the other: the right one is packed in scratch memory as pairs of rows, [pair][column][2], then each row of the left one, as pairs too, meets it in vectors of columns.
/// </summary>
internal sealed unsafe class MatMulStep : Step
{
    private readonly MicroKernels _kernels;
    private readonly MatrixSource _left;
    private readonly MatrixSource _right;
    private readonly MatrixSource _result;
    private readonly int[] _rightMatrices;
    private readonly int _pairs;
    private readonly int _columns;

    public MatMulStep(MicroKernels kernels, MatrixSource left, MatrixSource right, Slot target, Seq<int> shape)
        : base(target, right.Slot is null ? [left.Slot!] : [left.Slot!, right.Slot])
    {
        (_kernels, _left, _right, _result) = (kernels, left, right, MatrixSource.Of(target, shape));
        _pairs = (left.Columns.Length + 1) / 2;
        _columns = MicroKernels.Padded(right.Columns.Length);

        // A constant may repeat over some of the dimensions before the matrices.
        _rightMatrices = right.RepeatedMatrices(shape);
        ScratchBytes = checked(((_pairs * _columns) + _pairs + _columns) * sizeof(int));
    }

    public override int ScratchBytes { get; }

    public override void Run(byte* arena, byte* scratch)
    {
        var packed = (int*)scratch;
        var (sums, row) = ((nint)(packed + ((long)_pairs * _columns)), (nint)(packed + ((long)_pairs * _columns) + _columns));
        var inMemory = -1;
        for (var n = 0; n < Target.Layout.Batch; n++)
        {
            var (left, right, result) = ((nint)_left.First(arena, n), (nint)_right.First(arena, n), (nint)Target.Pixel(arena, n, 0, 0));
            for (var matrix = 0; matrix < _result.Matrices.Length; matrix++)
            {
                if (_right.Slot is not null || inMemory != _rightMatrices[matrix])
                {
                    inMemory = _rightMatrices[matrix];
                    PackRight((short*)right + inMemory, packed);
                }

                for (var m = 0; m < _result.Rows.Length; m++)
                {
                    PackRow((short*)left + _left.Matrices[matrix] + _left.Rows[m], (short*)row);
                    _kernels.MatMul((int*)row, packed, _pairs, _columns, (int*)sums);
                    var at = (int*)result + _result.Matrices[matrix] + _result.Rows[m];
                    for (var c = 0; c < _result.Columns.Length; c++)
                    {
                        at[_result.Columns[c]] = ((int*)sums)[c];
                    }
                }
            }
        }
    }

    private void PackRow(short* first, short* row)
    {
        var columns = _left.Columns;
        row[(2 * _pairs) - 1] = 0;
        for (var k = 0; k < columns.Length; k++)
        {
            row[k] = first[columns[k]];
        }
    }

    private void PackRight(short* first, int* packed)
    {
        var (rows, columns) = (_right.Rows, _right.Columns);
        new Span<int>(packed, _pairs * _columns).Clear();
        for (var k = 0; k < rows.Length; k++)
        {
            var (source, target) = ((nint)(first + rows[k]), (nint)((short*)(packed + ((long)(k / 2) * _columns)) + (k % 2)));
            for (var c = 0; c < columns.Length; c++)
            {
                ((short*)target)[2 * c] = ((short*)source)[columns[c]];
            }
        }
    }
}
