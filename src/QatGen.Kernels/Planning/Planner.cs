using QatGen.Kernels.Steps;
using QatGen.Primitives;

namespace QatGen.Kernels.Planning;

/// <summary>
/// Compiles an integer program for a batch size. A convolution whose accumulator only one rescale reads runs inside that rescale; a reshape of single pixels is the same memory;
/// every other value gets a slot. Without <paramref name="reuse"/> no two slots share memory, to prove in tests that sharing changes nothing.
/// </summary>
internal sealed partial class Planner(Packing packing, int batch, bool reuse = true)
{
    private readonly IntGraph _graph = packing.Graph;
    private readonly Fact[] _facts = packing.Graph.Facts(batch);
    private readonly Dictionary<int, Slot> _slots = [];
    private readonly List<Step> _steps = [];

    private int InputCount => _graph.Signature.Inputs.Count;

    public ExecutionPlan Plan()
    {
        if (Array.FindIndex(_facts, static f => f.Elements is not > 0) is >= 0 and var unknown)
        {
            throw QatGenException.Of(FileRules.Malformed, unknown < InputCount ? "" : _graph.Nodes[unknown - InputCount].Layer, $"value {unknown} is {_facts[unknown]}");
        }

        var fused = FusedConvolutions();
        CreateSlots(fused);
        for (var node = 0; node < _graph.Nodes.Count; node++)
        {
            if (!fused.ContainsValue(node) && StepOf(node, fused) is { } step)
            {
                _steps.Add(step);
            }
        }

        return new(_steps, [.. Enumerable.Range(0, InputCount).Select(i => _slots[i])], [.. _graph.Outputs.Select(o => _slots[o])], Arena.Place(Lives(), reuse));
    }

    /// <summary>For each rescale that computes a convolution itself, that convolution; both as node numbers.</summary>
    private Dictionary<int, int> FusedConvolutions()
    {
        var uses = _graph.Nodes.SelectMany(static n => n.Inputs).Concat(_graph.Outputs).CountBy(static v => v).ToDictionary();
        var fused = new Dictionary<int, int>();
        for (var node = 0; node < _graph.Nodes.Count; node++)
        {
            if (_graph.Nodes[node] is IntNode.Rescale rescale && rescale.Terms.FirstOrDefault(t => IsItsConv(node, t), -1) is >= 0 and var sum)
            {
                fused[node] = sum - InputCount;
            }
        }

        return fused;

        bool IsItsConv(int rescale, int term) => term >= InputCount && _graph.Nodes[term - InputCount] is IntNode.Conv && uses[term] == 1 && _facts[term].Shape == _facts[rescale + InputCount].Shape
            && (_facts[term].Rank <= 4 || ((IntNode.Rescale)_graph.Nodes[rescale]).Terms.Count == 1);
    }

    private void CreateSlots(Dictionary<int, int> fused)
    {
        var roots = new int[_facts.Length];
        var borders = new Border[_facts.Length];
        var strides = new int[_facts.Length];
        for (var value = 0; value < _facts.Length; value++)
        {
            roots[value] = value;
            switch (value < InputCount ? null : _graph.Nodes[value - InputCount])
            {
                case IntNode.Reshape or IntNode.Move when IsReshape(value) && IsSameMemory(_graph.Nodes[value - InputCount].Inputs[0], value):
                    roots[value] = roots[_graph.Nodes[value - InputCount].Inputs[0]];
                    break;
                case IntNode.Conv conv when _facts[conv.X].Rank <= 4:
                    borders[roots[conv.X]] = borders[roots[conv.X]].Union(Border.Of(conv.Geometry));
                    break;
                case IntNode.Concat concat when concat.AxisAmong(_facts[value].Rank) == 1:
                    strides[value] = ConcatStep.PixelStride(concat.Parts.Select(p => _facts[p].Shape[1]));
                    break;
            }
        }

        var inRegisters = fused.Values.Select(n => n + InputCount).Concat(Enumerable.Range(InputCount, _graph.Nodes.Count).Where(v => _graph.Nodes[v - InputCount] is IntNode.Literal)).ToHashSet();
        for (var value = 0; value < _facts.Length; value++)
        {
            if (!inRegisters.Contains(value))
            {
                _slots[value] = roots[value] == value ? new Slot(Layout.Of(_facts[value], borders[value], strides[value])) : _slots[roots[value]];
            }
        }
    }

    /// <summary>Whether a node changes nothing but the shape.</summary>
    private bool IsReshape(int value) => _graph.Nodes[value - InputCount] is var node && (node is IntNode.Reshape || (node is IntNode.Move move && move.Movement.For(_facts[move.X].Shape).IsReshape(_facts[move.X].Shape)));

    /// <summary>Whether two values lie in memory alike: single pixels, or maps of one size. Volumes are apart: they have no border.</summary>
    private bool IsSameMemory(int source, int value)
    {
        var (from, to) = (Layout.Of(_facts[source], default, 0), Layout.Of(_facts[value], default, 0));
        return (_facts[source].Rank > 4) == (_facts[value].Rank > 4) && ((from.Pixels == 1 && to.Pixels == 1) || from == to);
    }

    /// <summary>Inputs live from before the first step, outputs to after the last.</summary>
    private IEnumerable<Slot> Lives()
    {
        for (var step = 0; step < _steps.Count; step++)
        {
            _steps[step].Target.NeedAt(step);
            foreach (var source in _steps[step].Sources.Where(static s => !s.IsConstant))
            {
                source.NeedAt(step);
            }
        }

        foreach (var input in Enumerable.Range(0, InputCount))
        {
            _slots[input].NeedAt(-1);
        }

        foreach (var output in _graph.Outputs)
        {
            _slots[output].NeedAt(_steps.Count);
        }

        return _slots.Values.Concat(_extra).Distinct();
    }

    private Step? StepOf(int node, Dictionary<int, int> fused)
    {
        var (kernels, value) = (packing.Kernels, node + InputCount);
        if (_graph.Nodes[node] is IntNode.Literal)
        {
            return null;
        }

        var target = _slots[value];
        switch (_graph.Nodes[node])
        {
            case IntNode.Conv:
                return Conv(node, node, [null], RescaleNumbers.Limits(DType.QInt32, int.MinValue, int.MaxValue));
            case IntNode.Rescale rescale when fused.TryGetValue(node, out var conv):
                return Conv(conv, node, [.. rescale.Terms.Select(t => t == conv + InputCount ? null : Operand(t, value))], packing.Constant<RescaleConstant>(rescale.Constant));
            case IntNode.Rescale rescale:
                return new RescaleStep(kernels, Numbers(node, packing.Constant<RescaleConstant>(rescale.Constant)), [.. rescale.Terms.Select(t => Operand(t, value))], target);
            case IntNode.Mul mul:
                return new ElementwiseStep(null, null, [Operand(mul.X, value), Operand(mul.Y, value)], target);
            case IntNode.MatMul product:
                return MatMul(product, target);
            case IntNode.Elementwise choice:
                return Elementwise(node, choice);
            case IntNode.Clamp clamp:
                var limits = packing.Constant<ClampConstant>(clamp.Limits);
                return new RescaleStep(kernels, Numbers(node, RescaleNumbers.Limits(_facts[value].DType, limits.Low, limits.High)), [_slots[clamp.X]], target);
            case IntNode.MaxPool pool:
                return new PoolStep(kernels, pool.Geometry, Planes(pool.X), Planes(value), _facts[value].DType.Min());
            case IntNode.SumPool pool:
                return new PoolStep(kernels, pool.Geometry, Planes(pool.X), Planes(value), null);
            case IntNode.Reduce reduce:
                return new ReduceStep(reduce.Reduction, _facts[reduce.X].Shape, _slots[reduce.X], target);
            case IntNode.Concat concat:
                return Concat(node, concat);
            case IntNode.Lut lut:
                return new LutStep(packing.Table(lut.Table), _slots[lut.X], target);
            case IntNode.Reshape or IntNode.Move when IsReshape(value):
                var source = _slots[_graph.Nodes[node].Inputs[0]];
                return source == target ? null : new ReshapeStep(source, target);
            case IntNode.Move move:
                var fill = move.Fill == IntNode.Move.NoFill ? 0 : packing.Constant<FillConstant>(move.Fill).Value;
                return new MoveStep(move.Movement.For(_facts[move.X].Shape), fill, _slots[move.X], target);
            case IntNode.GridSample sample:
                return new GridStep(kernels, packing.Constant<GridConstant>(sample.Constant), sample.Mode, _slots[sample.X], _slots[sample.Grid], target);
            case IntNode.Resize resize:
                return new ResizeStep(kernels, resize.Geometry.For(_facts[resize.X].Shape, _facts[resize.X].DType), _slots[resize.X], target);
            case IntNode.TopK rank:
                return new TopKStep(rank.Ranking, _facts[rank.X].Shape, _slots[rank.X], target);
            case IntNode.Gather gather:
                return new GatherStep(gather.Gathering.For(_facts[gather.Data].Shape, _facts[gather.Index].Shape), gather.Layer, Elements(gather.Data), Elements(gather.Index), target);
            default:
                throw new InvalidOperationException(_graph.Nodes[node].GetType().Name);
        }
    }

    private Step Conv(int conv, int result, Slot?[] terms, RescaleConstant rescale)
    {
        var node = (IntNode.Conv)_graph.Nodes[conv];
        var (input, target, weight) = (Bordered(node.X, Border.Of(node.Geometry)), Planes(result + InputCount), packing.Constant<WeightConstant>(node.Weight));
        var epilogue = new Epilogue(packing.Kernels, Numbers(result, rescale), terms, target);
        Slot[] others = [.. terms.OfType<Slot>()];
        return weight.Shape[1] == 1 && node.Geometry.Groups == weight.OutputChannels
            ? new DepthwiseStep(packing.Kernels, packing.Depthwise(conv), node.Geometry, input, others, target, epilogue)
            : new ConvStep(packing.Kernels, packing.Conv(conv, input.Layout.PixelStride), node.Geometry, input, others, target, epilogue);
    }

    private RescaleNumbers Numbers(int node, RescaleConstant constant) => packing.Rescale(node, 0, constant, _slots[node + InputCount].Layout.Channels);

    private ConcatStep Concat(int node, IntNode.Concat concat)
    {
        var (rescale, parts) = (packing.Constant<RescaleConstant>(concat.Constant), concat.Parts.Select(p => Part(p)).ToArray());
        var numbers = parts.Select((p, i) => packing.Rescale(node, i, rescale, p.Layout.Channels)).ToArray();

        // Behind the channels, the dimensions from the axis on are one run of pixels per part.
        var axis = concat.AxisAmong(_facts[node + InputCount].Rank);
        int[]? runs = axis == 1 ? null : [.. concat.Parts.Select(p => _facts[p].Shape.Skip(axis).Aggregate(1, static (n, d) => n * d))];
        return new(packing.Kernels, numbers, parts, runs, _slots[node + InputCount]);
    }
}
