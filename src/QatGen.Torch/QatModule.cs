using QatGen.Graphs;
using QatGen.Primitives;
using QatGen.Torch.Modules;
using QatGen.Torch.Observers;
using static TorchSharp.torch;

namespace QatGen.Torch;

/// <summary>
/// The base of every generated <c>NetQat</c>: an ordinary TorchSharp module from [N, ...] reals to reals whose forward pass is the integer program. The generated class declares the nodes,
/// loads the float model's parameters, and says in <see cref="Program(Tensor)"/> how the nodes are connected.
/// </summary>
public abstract class QatModule : nn.Module<Tensor, Tensor>, IQatModule
{
    private readonly List<QuantStub> _inputs = [];
    private readonly List<QatNode> _nodes = [];
    private readonly ModuleTree _tree;
    private readonly QConfig _config;

    protected QatModule(string modelName, March march, QConfig? config) : base(modelName + "Qat")
    {
        (ModelName, March, _config) = (modelName, march, config ?? new());
        _tree = new(this);
    }

    public string ModelName { get; }

    public March March { get; }

    public FakeQuantState State => Session.State;

    public IReadOnlyList<QuantStub> Inputs => _inputs;

    public IReadOnlyList<QatNode> Nodes => _nodes;

    nn.Module IQatModule.Module => this;

    QatSession IQatModule.Session
    {
        get => Session;
        set => Session = value;
    }

    internal QatSession Session { get; private set; } = new(FakeQuantState.Float);

    /// <inheritdoc/>
    public abstract FixedPointModel CreateFixedPoint(Signature signature, IReadOnlyList<Constant> constants);

    /// <inheritdoc/>
    public void LoadFloat(IReadOnlyDictionary<string, Tensor> floatState)
    {
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        var folded = FloatState.Fold(floatState, _nodes);
        foreach (var (node, (weight, bias)) in folded)
        {
            node.Load(weight, bias);
        }

        // VALIDATION takes its weight scales anew.
        Session = new(State);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        return DeQuantStub.Dequantize(Program(x)).MoveToOuterDisposeScope();
    }

    QatValue IQatModule.Run(IReadOnlyList<Tensor> inputs) => Program(inputs);

    /// <summary>The model, node by node.</summary>
    protected abstract QatValue Program(Tensor x);

    /// <summary>The model for one tensor per input; generated models have one input.</summary>
    internal virtual QatValue Program(IReadOnlyList<Tensor> inputs) => Program(inputs[0]);

    /// <summary>Declares an input; <paramref name="shape"/> is that of [InputShape] or empty, <paramref name="fixedScale"/> 0 where the scale is observed.</summary>
    protected QuantStub Input(string name, int[]? shape = null, double fixedScale = 0)
    {
        var stub = new QuantStub(name, new(shape ?? []), new(name, fixedScale > 0 ? new MinMaxObserver() : _config.CreateActivationObserver(), fixedScale));
        _tree.Register(name + "_quant", stub);
        _inputs.Add(stub);
        return stub;
    }

    /// <summary>Declares a node that is called as a module; <see cref="LoadFloat"/> gives it its parameters.</summary>
    protected QatNode Node(string op, string path, AttributeMap attributes, OutputKind output, params Node[] absorbed) => Node(op, path, new Form(FormKind.Module, op), attributes, output, absorbed);

    /// <summary>Declares a node that is called in another form, on which the defaults of its arguments can depend.</summary>
    protected QatNode Node(string op, string path, Form form, AttributeMap attributes, OutputKind output, params Node[] absorbed) =>
        Node(Absorbed(op, path, form, attributes) with { Output = output, Absorbed = new(absorbed) });

    /// <summary>A node that was fused into another.</summary>
    protected static Node Absorbed(string op, string path, AttributeMap? attributes = null) => Absorbed(op, path, new Form(FormKind.Module, op), attributes ?? []);

    /// <summary>A node in another form than a module, fused into another.</summary>
    protected static Node Absorbed(string op, string path, Form form, AttributeMap attributes) => new(op, path, form, Seq<int>.Empty, attributes);

    /// <summary>Nothing: nodes and inputs are registered under the float model's paths when they are declared.</summary>
    protected override void RegisterComponents()
    {
    }

    /// <summary>Quantizes the input in the current state.</summary>
    protected QatValue Quantize(QuantStub stub, Tensor x) => stub.Quantize(x, State);

    private protected QatNode Node(Node node)
    {
        var module = new QatNode(this, node, _config);
        _tree.Register(node.Path, module);
        _nodes.Add(module);
        return module;
    }
}
