using QatGen.Primitives;

namespace QatGen.Bpu;

/// <summary>Products of matrices: of three dimensions the rows are channels, of more they are rows and channels stay apart.</summary>
internal sealed partial class StepBuilder
{
    private void AddMatMul(IntNode.MatMul n, int value)
    {
        var (x, rank, inputs) = (_facts[n.X].Shape, _facts[n.X].Rank, _graph.Signature.Inputs.Count);
        var (left, output) = (_views[n.X], Define(value));
        var right = n.Y >= inputs && _graph.Nodes[n.Y - inputs] is IntNode.Literal literal ? Matrices(n, literal, x) : _views[n.Y];
        var matrices = rank == 3 ? 0 : Product([.. x], 2, rank - 2);
        _steps.Add(new(Layer(n), null, new(left, right), -1, null, output, output.Shape) { Matrices = matrices });
    }

    /// <summary>A constant as a tensor of as many dimensions; of those that lie in the rows it has all or none.</summary>
    private View Matrices(IntNode.MatMul n, IntNode.Literal literal, Seq<int> x)
    {
        var fact = _facts[n.Y];
        var shape = Enumerable.Repeat(1, x.Count - fact.Rank).Concat(fact.Shape).ToArray();
        var (own, all) = (Product(shape, 2, x.Count - 2), Product([.. x], 2, x.Count - 2));
        if (own != 1 && own != all)
        {
            throw QatGenException.Of(BpuRules.TensorKind, n.Layer, fact.ToString());
        }

        var view = Between(fact with { Shape = new(shape) });
        _constants[view.Id] = (TensorConstant)_graph.Constants[literal.Tensor];
        return view;
    }
}
