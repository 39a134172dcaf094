using QatGen.Primitives;

namespace QatGen.Bpu;

/// <summary>
/// Groups the primitives of a program into <see cref="Step"/>s: an accumulator that only one rescale reads never becomes a tensor, a reshape that keeps channels is the same bytes, and a concatenation
/// is one rescale per part into its place. Nodes that nothing reads are left out.
/// </summary>
internal sealed partial class StepBuilder
{
    private readonly IntGraph _graph;
    private readonly Fact[] _facts;
    private readonly int _alignment;
    private readonly int[] _uses;
    private readonly List<Step> _steps = [];
    private readonly List<Tensor> _tensors = [];
    private readonly List<string> _layers = [];
    private readonly Dictionary<int, View> _views = [];
    private readonly Dictionary<int, WindowUnit> _pending = [];
    private readonly Dictionary<int, TensorConstant> _constants = [];

    private StepBuilder(IntGraph graph, Fact[] facts, int alignment)
    {
        (_graph, _facts, _alignment) = (graph, facts, alignment);
        _uses = Uses(graph);
    }

    public static StepProgram Build(IntGraph graph, Fact[] facts, int batch, int alignment)
    {
        var builder = new StepBuilder(graph, facts, alignment);
        builder.CheckKinds();
        var inputs = Enumerable.Range(0, graph.Signature.Inputs.Count).Select(i => builder.Define(i)).ToSeq();
        for (var i = 0; i < graph.Nodes.Count; i++)
        {
            if (builder._uses[inputs.Count + i] > 0)
            {
                builder.Add(graph.Nodes[i], inputs.Count + i);
            }
        }

        return new(builder._steps.ToSeq(), builder._tensors.ToSeq(), inputs, graph.Outputs.Select(o => builder._views[o]).ToSeq(), builder._layers.ToSeq(), batch) { Constants = builder._constants };
    }

    /// <summary>How often each value is read by a node that matters, and as an output.</summary>
    private static int[] Uses(IntGraph graph)
    {
        var inputs = graph.Signature.Inputs.Count;
        var uses = new int[inputs + graph.Nodes.Count];
        foreach (var output in graph.Outputs)
        {
            uses[output]++;
        }

        for (var i = graph.Nodes.Count - 1; i >= 0; i--)
        {
            foreach (var input in uses[inputs + i] > 0 ? graph.Nodes[i].Inputs : Seq<int>.Empty)
            {
                uses[input]++;
            }
        }

        return uses;
    }

    private void CheckKinds()
    {
        var inputs = _graph.Signature.Inputs.Count;
        var violations = _facts.Select((f, v) => (Fact: f, Layer: v < inputs ? _graph.Signature.Inputs[v].Name : _graph.Nodes[v - inputs].Layer))
            .Where(static p => !p.Fact.IsConstant && p.Fact.Rank is < 1 or > Movement.LargestRank)
            .Select(static p => Violation.Of(BpuRules.TensorKind, p.Layer, p.Fact.ToString())).ToArray();
        if (violations.Length > 0)
        {
            throw new QatGenException(violations);
        }
    }

    private void Add(IntNode node, int value)
    {
        switch (node)
        {
            case IntNode.Reshape n:
                AddReshape(node, n.X, value);
                break;
            case IntNode.Move n:
                AddMove(n, value);
                break;
            case IntNode.Concat n:
                AddConcat(n, value);
                break;
            case IntNode.Reduce n:
                AddReduce(n, value);
                break;
            case IntNode.TopK n:
                AddTopK(n, value);
                break;
            case IntNode.Gather n:
                AddGather(n, value);
                break;
            case IntNode.Literal:
                break;
            case IntNode.MatMul n:
                AddMatMul(n, value);
                break;
            case IntNode.Mul n:
                AddOperation(n, value, Operation.Product);
                break;
            case IntNode.GridSample n:
                var sampled = Define(value);
                _steps.Add(new(Layer(n), null, new(_views[n.X], _views[n.Grid]), -1, null, sampled, sampled.Shape) { Sampling = new((GridConstant)_graph.Constants[n.Constant], n.Mode) });
                break;
            case IntNode.Elementwise n:
                AddOperation(n, value, Operation.Of(n.Kind, _graph.Constants[n.Numbers]));
                break;
            case IntNode.Clamp n:
                AddStep(node, value, null, new(_views[n.X]), -1, RescaleTable.Of((ClampConstant)_graph.Constants[n.Limits]));
                break;
            case IntNode.Rescale n:
                AddRescale(n, value);
                break;
            case IntNode.Lut n:
                var output = Define(value);
                _steps.Add(new(Layer(n), null, new(_views[n.X]), -1, null, output, output.Shape, Table: (TableConstant)_graph.Constants[n.Table]));
                break;
            default:
                var unit = Unit(node, value);
                if (IsAccumulator(value))
                {
                    _pending[value] = unit;
                }
                else
                {
                    AddStep(node, value, unit, Seq<View>.Empty, 0, null);
                }

                break;
        }
    }

    /// <summary>A window result that exactly one rescale reads, once. Of several in one rescale the first stays on the accumulators.</summary>
    private bool IsAccumulator(int value) =>
        _uses[value] == 1 && _graph.Nodes.Where((_, i) => _uses[_graph.Signature.Inputs.Count + i] > 0).OfType<IntNode.Rescale>().FirstOrDefault(r => r.Terms.Contains(value)) is { } reader
        && reader.Terms.First(IsWindowResult) == value && _facts[value].Shape == _facts[ValueOf(reader)].Shape
        && (reader.Terms.Count == 1 || MapShape.Of(_facts[value].Shape).Slices == 1);

    private int ValueOf(IntNode node) => _graph.Signature.Inputs.Count + _graph.Nodes.Select((n, i) => (n, i)).First(p => ReferenceEquals(p.n, node)).i;

    private bool IsWindowResult(int value) =>
        _uses[value] == 1 && value >= _graph.Signature.Inputs.Count && _graph.Nodes[value - _graph.Signature.Inputs.Count] is IntNode.Conv or IntNode.SumPool or IntNode.MaxPool or IntNode.Resize;

    private void AddRescale(IntNode.Rescale n, int value)
    {
        var unitTerm = n.Terms.ToList().FindIndex(_pending.ContainsKey);
        var unit = unitTerm < 0 ? null : _pending[n.Terms[unitTerm]];
        AddStep(n, value, unit, n.Terms.Where((_, i) => i != unitTerm).Select(t => Operand(t, value)).ToSeq(), unitTerm, RescaleTable.Of((RescaleConstant)_graph.Constants[n.Constant]));
    }

    private void AddOperation(IntNode node, int value, Operation operation)
    {
        var output = Define(value);
        _steps.Add(new(Layer(node), null, node.Inputs.Select(o => Operand(o, value)).ToSeq(), -1, null, output, output.Shape) { Operation = operation });
    }

    /// <summary>An operand that may repeat over a result; a constant becomes a tensor in a shape of the result's rank.</summary>
    private View Operand(int operand, int result) => Operand(operand, _facts[operand], result);

    private View Operand(int operand, Fact own, int result)
    {
        var rank = _facts[result].Rank;
        var aligned = own with { Shape = new(Aligned(own.Shape, rank)) };
        var (height, whole) = (Tensor.Of(aligned, _alignment).Height, Tensor.Of(_facts[result], _alignment).Height);
        if (height != 1 && height != whole)
        {
            // From five dimensions on all but the last are rows, which repeat as a whole only: otherwise they are written out.
            int[] rows = [.. aligned.Shape.Select((d, axis) => axis > 1 && axis < rank - 1 ? _facts[result].Shape[axis] : d)];
            return own.IsConstant ? View(operand, aligned.Shape, rows) : WrittenOut(View(operand, [.. aligned.Shape]), aligned, rows, _graph.Nodes[result - _graph.Signature.Inputs.Count]);
        }

        return View(operand, [.. aligned.Shape]);
    }

    /// <summary>A tensor that a node reads, with its rows repeated in memory.</summary>
    private View WrittenOut(View source, Fact fact, int[] shape, IntNode reader)
    {
        var plan = new Movement.Expand(new([0, .. shape.Skip(1)])).For(fact.Shape);
        var written = Between(fact with { Shape = new(shape) });
        _steps.Add(new(Layer(reader), null, new(source), -1, null, written, written.Shape, Move: MoveTables.Of(plan, 0, source.Shape)));
        return written;
    }

    /// <summary>An operand; a constant becomes a tensor in a shape of as many elements.</summary>
    private View View(int operand, int[] shape) => View(operand, new(shape), shape);

    /// <summary>An operand; a constant, seen in a shape of its own, becomes a tensor of another over which it repeats.</summary>
    private View View(int operand, Seq<int> own, int[] shape)
    {
        if (operand < _graph.Signature.Inputs.Count || _graph.Nodes[operand - _graph.Signature.Inputs.Count] is not IntNode.Literal literal)
        {
            return _views[operand];
        }

        var (constant, view) = ((TensorConstant)_graph.Constants[literal.Tensor], Between(_facts[operand] with { Shape = new(shape) }));
        _constants[view.Id] = constant with { Shape = new(shape), Values = Repeated(constant.Values, own, shape) };
        return view;
    }

    private static int[] Aligned(Seq<int> shape, int rank) => [.. Enumerable.Repeat(1, rank - shape.Count), .. shape];

    private static Seq<int> Repeated(Seq<int> values, Seq<int> own, int[] shape)
    {
        IEnumerable<int> elements = [0];
        for (var axis = 0; axis < shape.Length; axis++)
        {
            var (size, count) = (own[axis], shape[axis]);
            elements = elements.SelectMany(e => Enumerable.Range(0, count).Select(i => (e * size) + (size == 1 ? 0 : i)));
        }

        return elements.Select(e => values[e]).ToSeq();
    }

    private void AddReshape(IntNode n, int x, int value)
    {
        var (source, shape) = (_views[x], Tensor.Of(_facts[value], _alignment));
        if (source.Shape.Channels == shape.Channels)
        {
            _views[value] = new(source.Id, shape);
        }
        else
        {
            AddStep(n, value, null, new(source), -1, null);
        }
    }

    private void AddMove(IntNode.Move n, int value)
    {
        var plan = n.Movement.For(_facts[n.X].Shape);
        if (plan.IsReshape(_facts[n.X].Shape))
        {
            AddReshape(n, n.X, value);
            return;
        }

        var fill = n.Fill == IntNode.Move.NoFill ? 0 : ((FillConstant)_graph.Constants[n.Fill]).Value;
        var (source, output) = (_views[n.X], Define(value));
        _steps.Add(new(Layer(n), null, new(source), -1, null, output, output.Shape, Move: MoveTables.Of(plan, fill, source.Shape)));
    }

    private void AddConcat(IntNode.Concat n, int value)
    {
        var constant = (RescaleConstant)_graph.Constants[n.Constant];
        var (output, at, rank) = (Define(value), default(Offset), _facts[value].Rank);
        var axis = n.AxisAmong(rank);
        var isInside = axis > 2 && axis < rank - 1;
        output = isInside ? Folded(output, [.. _facts[value].Shape], axis) : output;
        for (var i = 0; i < n.Parts.Count; i++)
        {
            var part = View(n.Parts[i], [.. _facts[n.Parts[i]].Shape]);
            part = isInside ? Folded(part, [.. _facts[n.Parts[i]].Shape], axis) : part;
            _steps.Add(new(Layer(n), null, new(part), -1, RescaleTable.OfLane(constant, i), output, part.Shape with { Type = constant.DType }, at));
            at = axis == 1 ? at with { Channel = at.Channel + part.Shape.Channels }
                : axis == 2 && rank > 3 ? at with { Row = at.Row + part.Shape.Height }
                : at with { Column = at.Column + part.Shape.Width };
        }
    }

    private void AddStep(IntNode node, int value, WindowUnit? unit, Seq<View> terms, int unitTerm, RescaleTable? rescale)
    {
        var output = Define(value);
        var step = new Step(Layer(node), unit, terms, unitTerm, rescale, output, output.Shape);
        _steps.Add(unit is null ? step : Sliced(step, MapShape.Of(_facts[value].Shape).Slices));
    }

    private View Define(int value)
    {
        _tensors.Add(Tensor.Of(_facts[value], _alignment));
        return _views[value] = new(_tensors.Count - 1, _tensors[^1]);
    }

    private int Layer(IntNode node)
    {
        if (!_layers.Contains(node.Layer))
        {
            _layers.Add(node.Layer);
        }

        return _layers.IndexOf(node.Layer);
    }
}
