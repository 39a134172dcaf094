using Microsoft.CodeAnalysis;
using QatGen.Graphs;
using QatGen.Operators;
using QatGen.Passes;
using QatGen.Primitives;
using OutputKind = QatGen.Graphs.OutputKind;

namespace QatGen.Generators.Capture;

/// <summary>Writes down the operator calls of forward in order, each with its place, and watches over tensors that are overwritten in place.</summary>
internal sealed class Recorder(CaptureContext context)
{
    /// <summary>What a value is: the tensor object, the memory that it shares with what it views, and which writes to it the value has seen.</summary>
    private sealed record Memory(int Object, int Storage, int Version);

    /// <summary>The last write to a memory: through which object, and its result; <paramref name="Since"/> is the version since which all writes went through that object.</summary>
    private sealed record Write(int Version, Location Location, string Path, int Object, int Since, int Result);

    private readonly List<Recorded> _calls = [];
    private readonly List<Placed> _placed = [];
    private readonly List<Memory> _values = [];
    private readonly Dictionary<int, Write> _writes = [];
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);
    private int _inputs;

    public int Count => _calls.Count;

    public IReadOnlyList<Recorded> Calls => _calls;

    public int Inputs => _inputs;

    /// <summary>The shape of a value as far as [InputShape] decides it, -1 for what it does not; null when not even the rank is known.</summary>
    public Seq<int>? Shape(int value) => _placed[value].Source;

    /// <summary>The same without the size of the batch, which differs from call to call.</summary>
    public Seq<int>? Sizes(int value) => _placed[value] is { Source: { } shape, Batch: var batch } ? shape.Select((size, axis) => axis == batch ? Fact.UnknownDimension : size).ToSeq() : null;

    /// <summary>The axis of a value that is the batch; null where it has none, as what forward reads from parameters alone.</summary>
    public int? BatchAxis(int value) => _placed[value].Batch is >= 0 and var axis ? axis : null;

    /// <summary>A call with numbers for the sizes that its arguments read.</summary>
    public Node WithSizes(Node node) => Placing.WithSizes(node, value => _placed[value]);

    /// <summary>The path of the call that gives a value.</summary>
    public string PathOf(TensorRef value) => _calls[value.Number - _inputs].Node.Path;

    /// <summary>Keeps the paths of modules from being given to functions.</summary>
    public void Reserve(IEnumerable<string> paths) => _used.UnionWith(paths);

    public TensorRef Input(Seq<int> shape)
    {
        _inputs++;
        _placed.Add(Placed.First(shape.Count == 0 ? Fact.Unknown(DType.QInt8) : Fact.Of(shape, DType.QInt8)));
        _values.Add(new(_values.Count, _values.Count, 0));
        return new(_values.Count - 1);
    }

    /// <summary>Notes what is asked of a result; an input has none.</summary>
    public void Ask(TensorRef value, OutputKind asked)
    {
        if (value.Number >= _inputs)
        {
            var call = _calls[value.Number - _inputs];
            _calls[value.Number - _inputs] = call with { Node = call.Node with { Output = asked } };
        }
    }

    /// <summary>A path for the call of a function inside a module: <c>stages.residual1.add</c>, <c>relu_1</c> when the name is taken.</summary>
    public string FunctionPath(string module, string function)
    {
        var name = module.Length == 0 ? function : module + "." + function;
        var unique = name;
        for (var i = 1; !_used.Add(unique); i++)
        {
            unique = $"{name}_{i}";
        }

        return unique;
    }

    /// <summary>
    /// The number of a value that is read here. What was overwritten through the same tensor object is the result of that call;
    /// what was overwritten through a view breaks rule QG1009 where that happened.
    /// </summary>
    public int Read(TensorRef tensor)
    {
        var memory = _values[tensor.Number];
        if (_writes.TryGetValue(memory.Storage, out var write) && write.Version > memory.Version)
        {
            if (write.Object == memory.Object && write.Since <= memory.Version)
            {
                return write.Result;
            }

            context.Report(Violation.Of(CaptureRules.InPlace, write.Path, write.Path), write.Location);
        }

        return tensor.Number;
    }

    /// <summary>Appends a call. What it overwrites, or may share memory with, is its first input.</summary>
    public TensorRef Add(Node node, Location location, bool sharesMemory)
    {
        var number = _values.Count;
        _placed.Add(Placing.Of(WithSizes(node), node.Inputs.Select(i => _placed[i]).ToSeq()).Result);
        _calls.Add(new(node, location));
        var source = node.Inputs.Count > 0 ? _values[node.Inputs[0]] : new(number, number, 0);
        if (IsInPlace(node))
        {
            if (source.Storage >= _inputs && _calls[source.Storage - _inputs].Node is { Form.Kind: FormKind.State } state)
            {
                context.Report(Violation.Of(CaptureRules.StateInForward, node.Path, state.Path), location);
            }

            var before = _writes.TryGetValue(source.Storage, out var write) ? write : new(0, location, node.Path, source.Object, 0, number);
            _writes[source.Storage] = new(before.Version + 1, location, node.Path, source.Object, before.Object == source.Object ? before.Since : before.Version, number);
            _values.Add(source with { Version = before.Version + 1 });
        }
        else
        {
            _values.Add(sharesMemory ? source with { Object = number } : new(number, number, 0));
        }

        return new(number);
    }

    /// <summary>Forgets the unclaimed calls that only led to a decision on data: that decision is the violation.</summary>
    public void Excuse(int value)
    {
        if (value < _inputs || _calls[value - _inputs] is not { Excused: false } call)
        {
            return;
        }

        _calls[value - _inputs] = call with { Excused = true };
        foreach (var input in call.Node.Inputs)
        {
            Excuse(input);
        }
    }

    /// <summary>Whether a form overwrites its tensor by name.</summary>
    public static bool IsInPlace(Form form) => form.Kind is FormKind.Method or FormKind.Torch or FormKind.Functional && form.Name.EndsWith("_", StringComparison.Ordinal);

    private static bool IsInPlace(Node node) => node.Attributes[TorchNames.InPlace] is Value.Logical { Flag: true } || IsInPlace(node.Form);
}

/// <summary>A recorded call: its node and where it stands.</summary>
internal sealed record Recorded(Node Node, Location Location)
{
    public bool Excused { get; init; }
}
