using QatGen.Kernels.Steps;
using QatGen.Primitives;

namespace QatGen.Kernels.Planning;

/// <summary>Operands that repeat, constants as values, and choices between values.</summary>
internal sealed partial class Planner
{
    /// <summary>Values between the steps of one node.</summary>
    private readonly List<Slot> _extra = [];

    private Step Elementwise(int node, IntNode.Elementwise choice)
    {
        if (choice.Kind.IsRounding())
        {
            return new RoundStep(choice.Kind, packing.Constant<ScaleConstant>(choice.Numbers), _slots[choice.Operands[0]], _slots[node + InputCount]);
        }

        var (value, compare) = (node + InputCount, choice.Kind.IsComparison() ? packing.Constant<CompareConstant>(choice.Numbers) : null);
        var operands = choice.Operands.Select(o => Operand(o, value)).ToArray();
        for (var i = choice.Kind.FirstRescaled(); compare is null && i < operands.Length; i++)
        {
            operands[i] = Rescaled(node, i - choice.Kind.FirstRescaled(), packing.Constant<RescaleConstant>(choice.Numbers), operands[i]);
        }

        return new ElementwiseStep(choice.Kind, compare, operands, _slots[value]);
    }

    private MatMulStep MatMul(IntNode.MatMul product, Slot target)
    {
        var (x, y) = (_facts[product.X].Shape, _facts[product.Y].Shape);
        var constant = product.Y >= InputCount && _graph.Nodes[product.Y - InputCount] is IntNode.Literal literal ? packing.Constant<TensorConstant>(literal.Tensor) : null;
        var right = constant is null ? MatrixSource.Of(_slots[product.Y], y) : MatrixSource.Of(constant, x.Count);
        return new(packing.Kernels, MatrixSource.Of(_slots[product.X], x), right, target, new([.. x.Take(x.Count - 1), y[y.Count - 1]]));
    }

    /// <summary>An operand at the scale of the result, by the numbers of its lane.</summary>
    private Slot Rescaled(int node, int lane, RescaleConstant rescale, Slot operand)
    {
        var constant = rescale.Lane(lane);
        var result = Extra(operand.Layout with { IsWide = false, Border = default });
        _steps.Add(new RescaleStep(packing.Kernels, packing.Rescale(node, lane, constant, operand.Layout.Channels), [operand], result));
        return result;
    }

    /// <summary>The slot of an operand, laid out so that it can be read at every position of a result over which it repeats.</summary>
    private Slot Operand(int operand, int result)
    {
        var (own, whole) = (_facts[operand], _facts[result]);
        if (operand >= InputCount && _graph.Nodes[operand - InputCount] is IntNode.Literal literal)
        {
            return ConstantSlot.Create(packing.Constant<TensorConstant>(literal.Tensor), whole.Shape);
        }

        var (slot, layout) = (_slots[operand], Layout.Of(whole, default, 0));
        var fits = slot.Layout.Channels == layout.Channels && Fits(slot.Layout.Height, layout.Height) && Fits(slot.Layout.Width, layout.Width);
        if (fits)
        {
            return slot;
        }

        var repeated = Extra(Layout.Of(whole with { DType = own.DType }, default, 0));
        _steps.Add(new RepeatStep(slot, own.Shape, repeated, whole.Shape));
        return repeated;

        static bool Fits(int size, int whole) => size == 1 || size == whole;
    }

    /// <summary>The slot of a part of a concatenation: one frame of a constant, with all its pixels.</summary>
    private Slot Part(int part) =>
        part >= InputCount && _graph.Nodes[part - InputCount] is IntNode.Literal literal ? ConstantSlot.Create(packing.Constant<TensorConstant>(literal.Tensor), _facts[part].Shape) : _slots[part];

    /// <summary>An operand that is read element by element.</summary>
    private ElementSource Elements(int operand) => operand >= InputCount && _graph.Nodes[operand - InputCount] is IntNode.Literal literal ? packing.Elements(literal.Tensor) : new(_slots[operand]);

    private Slot Extra(Layout layout)
    {
        var slot = new Slot(layout);
        _extra.Add(slot);
        return slot;
    }
}
