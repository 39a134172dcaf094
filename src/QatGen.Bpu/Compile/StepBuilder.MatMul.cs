using QatGen.Primitives;

namespace QatGen.Bpu;

/// <summary>Products of matrices: of three dimensions the rows are channels, of more they are rows and channels stay apart.</summary>
internal sealed partial class StepBuilder
{
    private void AddMatMul(IntNode.MatMul n, int value)
    {
        var (x, y, rank) = (_facts[n.X].Shape, Aligned(_facts[n.Y].Shape, _facts[n.X].Rank), _facts[n.X].Rank);
        var rows = Product([.. x], 2, rank - 2);

        // Matrices in the rows repeat as a whole only; a constant, which alone may repeat, is written out.
        var isApart = Product(y, 2, rank - 2) is var own && own != 1 && own != rows;
        var right = View(n.Y, new(y), isApart ? [.. y.Select((d, axis) => axis > 1 && axis < rank - 2 ? x[axis] : d)] : y);
        var (left, output) = (_views[n.X], Define(value));
        _steps.Add(new(Layer(n), null, new(left, right), -1, null, output, output.Shape) { Matrices = rank == 3 ? 0 : rows });
    }
}
