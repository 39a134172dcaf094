using QatGen.Graphs;
using QatGen.Primitives;
using QatGen.Torch.Modules;
using QatGen.Torch.Observers;
using static TorchSharp.torch;

namespace QatGen.Torch;

/// <summary>
/// The base of every generated <c>NetQat</c>: an ordinary TorchSharp module from [N, ...] reals to reals whose forward pass is the integer program. The generated class declares the nodes and says in
/// <see cref="Program"/> how they are connected.
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
        Primitives = new RealPrimitives(observe: false);
    }

    public string ModelName { get; }

    public March March { get; }

    public FakeQuantState State { get; private set; }

    public IReadOnlyList<QuantStub> Inputs => _inputs;

    public IReadOnlyList<QatNode> Nodes => _nodes;

    nn.Module IQatModule.Module => this;

    internal IPrimitives<QatValue> Primitives { get; private set; }

    /// <inheritdoc/>
    public abstract FixedPointModel CreateFixedPoint(Signature signature, IReadOnlyList<Constant> constants);

    /// <inheritdoc/>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        return DeQuantStub.Dequantize(Program(x)).MoveToOuterDisposeScope();
    }

    QatValue IQatModule.Run(Tensor x) => Program(x);

    void IQatModule.Enter(FakeQuantState state)
    {
        State = state;
        Primitives = state switch
        {
            FakeQuantState.Float => new RealPrimitives(observe: false),
            FakeQuantState.Calibration => new RealPrimitives(observe: true),
            _ => new IntegerPrimitives(state),
        };
    }

    /// <summary>The model, node by node.</summary>
    protected abstract QatValue Program(Tensor x);

    /// <summary>Declares an input; <paramref name="shape"/> is that of [InputShape] or empty, <paramref name="fixedScale"/> 0 where the scale is observed.</summary>
    protected QuantStub Input(string name, int[] shape, double fixedScale)
    {
        var stub = new QuantStub(name, new(shape), new(name, fixedScale > 0 ? new MinMaxObserver() : _config.CreateActivationObserver(), fixedScale));
        _tree.Register(name + "_quant", stub);
        _inputs.Add(stub);
        return stub;
    }

    /// <summary>Declares a node; its parameters are those of the folded float state.</summary>
    protected QatNode Node(IReadOnlyDictionary<string, Tensor> folded, string op, string path, AttributeMap attributes, OutputKind output, params Node[] absorbed)
    {
        var node = new QatNode(this, Absorbed(op, path, attributes) with { Output = output, Absorbed = new(absorbed) }, folded, _config);
        _tree.Register(path, node);
        _nodes.Add(node);
        return node;
    }

    /// <summary>A node that was fused into another.</summary>
    protected static Node Absorbed(string op, string path, AttributeMap? attributes = null) => new(op, path, new(FormKind.Module, op), Seq<int>.Empty, attributes ?? []);

    /// <summary>Quantizes the input in the current state.</summary>
    protected QatValue Quantize(QuantStub stub, Tensor x) => stub.Quantize(x, State);
}
