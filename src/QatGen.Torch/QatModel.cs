using QatGen.Graphs;
using QatGen.Torch.Configuration;
using QatGen.Operators;
using QatGen.Torch.Modules;
using QatGen.Torch.Quantizers;
using static TorchSharp.torch;

namespace QatGen.Torch;

/// <summary>
/// What a generated <c>NetQat</c> holds: inputs and nodes of the integer program, and the state their quantizers are in. The generated class, a TorchSharp module of the float model's own signature,
/// declares them in its constructor and says in <see cref="IQatModule.Program"/> how they are connected.
/// </summary>
public sealed class QatModel
{
    private readonly List<QuantStub> _inputs = [];
    private readonly List<QatNode> _nodes = [];
    private readonly IQatModule _owner;
    private readonly ModuleTree _tree;
    private readonly QConfig _config;
    private readonly List<QuantizeSetting> _settings = [];
    private Resolution? _resolution;
    private Connections? _trace;
    private HashSet<QatNode>? _towardsGrids;

    /// <summary>The model of <paramref name="module"/>, under whose tree inputs and nodes are registered by the float model's paths; <paramref name="name"/> is the float model's class.</summary>
    public QatModel(nn.Module module, string name, March march, QConfig? config = null)
    {
        (Module, Name, March, _config) = (module, name, march, config ?? new());
        _owner = (IQatModule)module;
        _tree = new(module);
    }

    /// <summary>The name of the float model's class.</summary>
    public string Name { get; }

    /// <summary>The march whose limits conversion holds the model against.</summary>
    public March March { get; }

    /// <summary>What quantizers do; see <see cref="QatModuleExtensions.SetState(IQatModule, FakeQuantState)"/>. Of a model in mixed states that of what no selector named.</summary>
    public FakeQuantState State => Session.State;

    /// <summary>The inputs, in the order of <c>forward</c>'s parameters.</summary>
    public IReadOnlyList<QuantStub> Inputs => _inputs;

    /// <summary>The nodes of the program, in execution order.</summary>
    public IReadOnlyList<QatNode> Nodes => _nodes;

    /// <summary>The module itself: parameters, buffers, train and eval.</summary>
    public nn.Module Module { get; }

    internal QConfig Config => _config;

    internal QatSession Session { get; set; } = new(FakeQuantState.Float);

    /// <summary>The parameters that a float model has now, for <see cref="LoadFloat"/>: those that its forward does not read may stay unread.</summary>
    public static IReadOnlyDictionary<string, Tensor> StateOf(nn.Module model) => new LiveState(model);

    /// <summary>
    /// Takes the parameters of the plain float model (<c>state_dict()</c>) and folds its batch norms, but those that are live.
    /// Every missing, unknown and mis-shaped entry and every layer with NaN is listed in one exception, and then nothing is changed.
    /// </summary>
    public void LoadFloat(IReadOnlyDictionary<string, Tensor> floatState)
    {
        Configure();
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        var (folded, read) = FloatState.Fold(floatState, _nodes);
        foreach (var (node, value) in read)
        {
            node.Load(value, _nodes.First(n => n.Target == node.Target && n.Reading == node.Reading && n.Node.Part == node.Node.Part));
        }

        foreach (var node in _nodes.Where(folded.ContainsKey))
        {
            var (weight, bias, norm) = folded[node];
            node.Load(weight, bias, norm, _nodes.First(n => n.Node.ModulePath == node.Node.ModulePath));
        }

        // VALIDATION takes its weight scales anew.
        Session = new(State, Session.Others);
    }

    /// <summary>The reals of every output for one float32 batch [N, ...] per input, in the current state; the caller's dispose scope owns them.</summary>
    public Tensor[] Forward(params Tensor[] inputs)
    {
        using var scope = NewDisposeScope();
        return [.. Run(inputs).Select(static o => DeQuantStub.Dequantize(o).MoveToOuterDisposeScope())];
    }

    /// <summary>
    /// Declares an input; <paramref name="shape"/> is that of [InputShape] or empty, <paramref name="fixedScale"/> 0 where the scale is observed, <paramref name="type"/> that of [Quantize];
    /// <paramref name="isMask"/> says that the input is bool.
    /// </summary>
    public QuantStub Input(string name, int[]? shape = null, double fixedScale = 0, DType type = DType.QInt8, bool isMask = false)
    {
        var stub = new QuantStub(name, new(shape ?? []), (fixedScale, type), isMask);
        _tree.Register(name + "_quant", stub);
        _inputs.Add(stub);
        return stub;
    }

    /// <summary>Declares what [Quantize] on <paramref name="target"/> says of the operators at a path and below it, or, where the path is empty, of the whole model.</summary>
    public void Quantize(string path, string target, DType? type = null, int bits = 0, int weightBits = 0, double scale = 0, FakeQuantKind? kind = null, ObserverKind? observer = null) =>
        _settings.Add(new(path, target, type, bits, weightBits, scale, kind, observer));

    /// <summary>
    /// Declares a node; <see cref="LoadFloat"/> gives it its parameters. Where it is not called as a module, <paramref name="form"/> says how, on which the defaults of its arguments can depend;
    /// <paramref name="part"/> is that of a node that a composite operator is made of.
    /// </summary>
    public QatNode Node(string op, string path, AttributeMap attributes, OutputKind output, Form? form = null, int inputs = 1, Part? part = null, params Node[] absorbed) =>
        Node(Absorbed(op, path, attributes, form) with { Inputs = Enumerable.Range(0, inputs).ToSeq(), Output = output, Part = part, Absorbed = new(absorbed) });

    /// <summary>A node that was fused into another.</summary>
    public static Node Absorbed(string op, string path, AttributeMap? attributes = null, Form? form = null) => new(op, path, form ?? new(FormKind.Module, op), Seq<int>.Empty, attributes ?? []);

    /// <summary>Runs the program in the current state on one float32 batch [N, ...] per input; the results hold integers in QAT and VALIDATION.</summary>
    internal QatValue[] Run(IReadOnlyList<Tensor> inputs)
    {
        if (inputs.Count != _inputs.Count)
        {
            throw QatGenException.Of(ShapeRules.InputCount, "", $"{inputs.Count}", $"{_inputs.Count}");
        }

        return _owner.Program([.. _inputs.Select((stub, i) => Session.IsMixed ? MixedStates.Input(stub.Quantize(inputs[i], Session.StateOf(stub)), stub) : stub.Quantize(inputs[i], State))]);
    }

    /// <summary>The quantizers of inputs and outputs, and whether a selector selects each.</summary>
    internal IEnumerable<(OutputQuantizer Quantizer, Func<Selector, bool> Selects)> Quantizers => _inputs.Select(static i => (i.Quantizer, (Func<Selector, bool>)(s => s.SelectsInput(i.Name))))
        .Concat(_nodes.Where(static n => n.OutputQuantizer is not null).Select(n => (n.OutputQuantizer!, (Func<Selector, bool>)(s => Selects(s, n)))));

    /// <summary>Whether a selector selects a node.</summary>
    internal bool Selects(Selector selector, QatNode node) => selector.IsGrids ? (_towardsGrids ??= Connections.Of(this).TowardsGrids()).Contains(node) : selector.Selects(node.Node);

    /// <summary>Which setting each quantizer has and why.</summary>
    internal Explanation Explanation => (_resolution ?? throw new InvalidOperationException($"{Name} has no parameters yet.")).Explanation;

    /// <summary>Runs the program on numbers of values, for its connections.</summary>
    internal void Trace(Connections connections)
    {
        _trace = connections;
        try
        {
            connections.Finish(_owner.Program([.. _inputs.Select(static (_, i) => new QatValue.Numbered(i))]));
        }
        finally
        {
            _trace = null;
        }
    }

    internal QatValue Call(QatNode node, QatValue[] inputs) => _trace is { } trace ? trace.Call(node, inputs) : Session.IsMixed ? MixedStates.Run(node, inputs, Session) : node.Run(inputs, Session.Primitives);

    internal QatNode Node(Node node)
    {
        var module = new QatNode(this, node, _config) { BatchNorm = LiveNorm(node) };
        _tree.Register(node.Path, module);
        _nodes.Add(module);
        return module;
    }

    /// <summary>Decides the settings of all quantizers, once.</summary>
    private void Configure()
    {
        if (_resolution is null)
        {
            var resolution = new Resolution(this, _config, _settings);
            resolution.Apply();
            var raw = _nodes.Where(static n => n.HasRawScale).Select(static n => Violation.Of(TrainingRules.RawScale, n.Node.Path, n.Node.Path)).ToArray();
            IReadOnlyList<Violation> refused = raw.Length > 0 ? raw : resolution.IsWide ? TypeLimits.Check(this) : [];
            _resolution = refused.Count == 0 ? resolution : throw new QatGenException(refused);
        }
    }

    /// <summary>The batch norm of a node, where the configuration keeps it live; that of a later call of a module is the first call's.</summary>
    private LiveBatchNorm? LiveNorm(Node node)
    {
        if (_config.BatchNormMode == BatchNormMode.FuseBN || node.Find(Fusion.BatchNorm) is not { } norm)
        {
            return null;
        }

        if (_nodes.Find(n => n.Node.ModulePath == node.ModulePath)?.BatchNorm is { } shared)
        {
            return shared;
        }

        var live = new LiveBatchNorm(norm, _config.BatchNormMode);
        _tree.Register(norm.ModulePath, live);
        return live;
    }
}
