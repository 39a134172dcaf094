using QatGen.Primitives;

namespace QatGen.Bpu;

/// <summary>Positions, of which an axis behind the channels is seen as the columns of a map, and what is read at positions, which is a movement with one axis to look up.</summary>
internal sealed partial class StepBuilder
{
    private void AddTopK(IntNode.TopK n, int value)
    {
        var (source, output, shape) = (_views[n.X], Define(value), _facts[n.X].Shape.ToArray());
        var axis = n.Ranking.For(shape.Length);
        var order = new Order(n.Ranking.IsSmallest ? RankOrder.Smallest : RankOrder.Largest, axis == 1 ? 0 : Product(shape, axis + 1, shape.Length));
        var (from, to) = axis == 1 ? (source, output) : (Folded(source, shape, axis), Folded(output, [.. _facts[value].Shape], axis));
        _steps.Add(new(Layer(n), null, new(from), -1, null, to, to.Shape) { Order = order });
    }

    private void AddGather(IntNode.Gather n, int value)
    {
        var plan = n.Gathering.For(_facts[n.Data].Shape, _facts[n.Index].Shape);
        var (output, data, index) = (Define(value), View(n.Data, Aligned(_facts[n.Data].Shape, plan.Output.Count)), Index(n, value));
        _steps.Add(new(Layer(n), null, new(data, index), -1, null, output, output.Shape, Move: MoveTables.Of(plan, data.Shape)));
    }

    /// <summary>A constant of one dimension lies along the axis.</summary>
    private View Index(IntNode.Gather n, int value) => _facts[n.Index] is { IsConstant: true, Rank: 1 } vector
        ? Operand(n.Index, vector with { Shape = new(n.Gathering.IndexOver(_facts[value].Rank, vector.Shape)) }, value) : Operand(n.Index, value);
}
