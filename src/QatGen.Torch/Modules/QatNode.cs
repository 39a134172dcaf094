using System.Runtime.InteropServices;
using QatGen.Graphs;
using QatGen.Operators;
using QatGen.Primitives;
using QatGen.Torch.Quantizers;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace QatGen.Torch.Modules;

/// <summary>
/// One node of the integer program, trainable: the parameters and quantizers behind the constants of its operator, which says through its own lowering what the node computes. Its state is
/// <c>weight</c>, <c>bias</c>, <c>weight_quant.scale</c> and <c>output_quant.{min, max, scale}</c>, as far as the operator has them.
/// </summary>
public sealed partial class QatNode : QatPart
{
    private readonly Operator _operator;
    private readonly QatModel _owner;
    private readonly TableSplit _tableSplit;
    private readonly Seq<ConstantRole> _roles;
    private WeightQuantization? _weight;
    private DType _type;
    private QatValue[]? _constants;
    private WeightArrangement? _arrangement;

    internal QatNode(QatModel owner, Node node, QConfig config) : base(node.FusedName, node.Path)
    {
        node = node.Output == OutputKind.HighPrecision && !config.HighPrecisionOutputs ? node with { Output = OutputKind.Quantized } : node;
        (_owner, Node, _operator, _tableSplit) = (owner, node, Catalogue.Get(node.Operator), config.TableSplit);
        _roles = _operator.Constants(node);
        if (node.Output == OutputKind.Quantized)
        {
            OutputQuantizer = new(node.Path);
            register_module("output_quant", OutputQuantizer);
        }
    }

    /// <summary>The operator call and what was fused into it.</summary>
    public Node Node { get; }

    /// <summary>Weights [O, C / groups, ...], folded unless <see cref="BatchNorm"/> is live, or those that are the operator's own and not trained; null for an operator without.</summary>
    public Parameter? Weight { get; private set; }

    /// <summary>Bias [O], folded unless <see cref="BatchNorm"/> is live; null for an operator without weights.</summary>
    public Parameter? Bias { get; private set; }

    /// <summary>The absorbed batch norm while it is live; null where it is folded or there is none. Calls of one module share it.</summary>
    public LiveBatchNorm? BatchNorm { get; internal init; }

    /// <summary>The quantizer of the weights; null for an operator without.</summary>
    public WeightQuantizer? WeightQuantizer { get; private set; }

    /// <summary>The quantizer of <see cref="Value"/>.</summary>
    public TensorQuantizer? TensorQuantizer { get; private set; }

    /// <summary>The quantizer of the output; null where the output keeps its input's scale or stays int32.</summary>
    public OutputQuantizer? OutputQuantizer { get; }

    /// <summary>The parameter or buffer that the node reads; null for any other.</summary>
    public Tensor? Value { get; private set; }

    /// <summary>The name of that tensor in the float model; null where the node reads none.</summary>
    internal string? Target => _roles.Any(static r => r.Kind == ConstantKind.Tensor) ? ((Graphs.Value.Text)Node.Attributes["target"]!).Content : null;

    /// <summary>The type of its integers.</summary>
    internal DType TensorType => IsIndex ? DType.QInt32 : _type;

    /// <summary>What the node reads of it.</summary>
    internal MaskReading Reading => ConstantTensor.ReadingOf(Node);

    /// <summary>The scale that the operator itself, or the composite it is part of, gives the result; 0 where it is observed.</summary>
    internal double OwnScale => Math.Max(Node.Part?.Scale ?? 0, _roles.Where(static r => r.Kind == ConstantKind.Rescale).Select(static r => r.Scale).DefaultIfEmpty().Max());

    /// <summary>The magnitude of what the scale that the result keeps is multiplied by.</summary>
    internal double KeptFactor => _roles.FirstOrDefault(static r => r.ScaleOf >= 0) is { } kept ? Math.Abs(kept.Factor(kept.ScaleOf)) : 1;

    /// <summary>Whether it samples a map at the positions of its second input.</summary>
    internal bool ReadsGrid => Has(ConstantKind.Grid);

    /// <summary>The smallest scale that the operator lets the result have.</summary>
    internal double SmallestScale => _roles.Select(static r => r.SmallestScale).DefaultIfEmpty().Max();

    /// <summary>Whether the tensor that is read says positions.</summary>
    internal bool IsIndex => Target is not null && Node.Part?.Type == DType.QInt32;

    /// <summary>Whether raw weights are trained with a scale that folded ones cannot take over.</summary>
    internal bool HasRawScale => BatchNorm is { IsReverseFold: false } && _weight is { IsProportional: false };

    internal bool HasWeight => Has(ConstantKind.Weight);

    internal ConstantRole WeightRole => _roles.First(static r => r.Kind == ConstantKind.Weight);

    internal ConstantRole BiasRole => _roles.First(static r => r.Kind == ConstantKind.Bias);

    /// <summary>The shape of the float model's weights; -1 where a constructor argument decides and no parameters are loaded yet.</summary>
    internal Seq<int> ParameterShape
    {
        get
        {
            var (role, shape) = (WeightRole, WeightRole.Parameter);
            if (Weight is null)
            {
                return shape;
            }

            var (outputs, others) = ((int)Weight.shape[0], shape.Skip(2).Aggregate(1, static (n, d) => n * d));
            var inputs = (int)Weight.numel() / outputs / others;
            return new([.. role.Layout is null ? [outputs, inputs] : new[] { inputs * role.Groups, outputs / role.Groups }, .. shape.Skip(2)]);
        }
    }

    private QatValue[] Sources => _constants ??= [.. _roles.Select(Source)];

    private WeightArrangement? Arrangement => WeightRole.Layout is { } layout ? _arrangement ??= new(layout, Weight!) : null;

    /// <summary>Runs the node in the state of its model; an input that the operator cannot take is an error that names the layer.</summary>
    public QatValue Call(params QatValue[] inputs) => _owner.Call(this, inputs);

    internal QatValue Run(QatValue[] inputs, IPrimitives<QatValue> primitives)
    {
        primitives.Layer(Node.Path);

        // What the node leaves behind, accumulators above all, is given back at once.
        using var scope = NewDisposeScope();
        try
        {
            var result = _operator.Lower(primitives, Node, inputs, Sources);
            if (result is QatValue.Activation { Data: var data } && scope.Contains(data))
            {
                data.MoveToOuterDisposeScope();
            }

            return result;
        }
        catch (ExternalException e)
        {
            var shapes = string.Join(", ", inputs.OfType<QatValue.Activation>().Select(static i => TorchShape.Text(i.Data)));
            throw QatGenException.Of(ShapeRules.LayerInput, Node.Path, shapes, e.Message.Split('\n')[0]);
        }
    }

    /// <summary>Takes the settings of its quantizers; null where it has none.</summary>
    internal void Configure(ActivationQuantization? activation, WeightQuantization? weight)
    {
        (_type, _weight) = (activation?.Range.Type ?? DType.QInt8, weight);
        OutputQuantizer?.Configure(activation!);
    }

    internal bool Has(ConstantKind kind) => _roles.Any(r => r.Kind == kind);

    /// <summary>Nothing: what the fields hold is registered under the names of the state, and the owner is no child.</summary>
    protected override void RegisterComponents()
    {
    }

    /// <summary>
    /// Takes parameters: the first ones become the node's own, later ones are copied into these. A later call of a module shares those of its <paramref name="first"/> call, and has scales of its own.
    /// </summary>
    internal void Load(Tensor weight, Tensor bias, BatchNormFold? norm, QatNode first)
    {
        if (norm is not null && first == this)
        {
            BatchNorm!.Load(norm, Node.Find(Fusion.BatchNorm)!.Flag("affine", true));
        }

        if (Weight is not null)
        {
            Weight.copy_(weight);
            Bias!.copy_(bias);
            WeightQuantizer!.Follow();
            return;
        }

        if (first == this)
        {
            var isTrained = WeightRole.Fixed.Count == 0 && Node.Part is not { IsFixed: true };
            (Weight, Bias) = (new(weight.clone(), isTrained), new(bias.clone(), isTrained));
            Weight.DetachFromDisposeScope();
            Bias.DetachFromDisposeScope();
            register_parameter("weight", Weight);
            register_parameter("bias", Bias);
        }
        else
        {
            (Weight, Bias) = (first.Weight, first.Bias);
        }

        WeightQuantizer = new(Node.Path, weight.shape[0], _weight!);
        register_module("weight_quant", WeightQuantizer);
    }

    /// <summary>
    /// Takes the parameter or buffer of the float model: the first becomes the node's own, a later one is copied into it. Several nodes that read the same share that of the <paramref name="first"/>, and have scales of their own.
    /// </summary>
    internal void Load(Tensor value, QatNode first)
    {
        if (Value is not null)
        {
            Value.copy_(value.reshape(Value.shape));
            return;
        }

        var own = (Node.Part is { Shape.Count: > 0 } part ? value.reshape([.. part.Shape.Select(static d => (long)d)]) : value).to(IsIndex ? ScalarType.Int64 : ScalarType.Float32).clone().DetachFromDisposeScope();
        if (IsIndex)
        {
            Value = own;
            register_buffer("value", own);
            return;
        }

        TensorQuantizer = new(Node.Path, _type);
        register_module("value_quant", TensorQuantizer);
        if (first != this)
        {
            Value = first.Value;
            return;
        }

        if (Node.Form.Name == ConstantTensor.Parameter)
        {
            var parameter = new Parameter(own);
            parameter.DetachFromDisposeScope();
            Value = parameter;
            register_parameter("value", parameter);
        }
        else
        {
            Value = own;
            register_buffer("value", own);
        }
    }

    /// <summary>The constants of the last pass in VALIDATION.</summary>
    internal IEnumerable<Constant> Latest => (_constants ?? []).Select(c => c switch
    {
        QatValue.WeightSource w => (Constant?)w.Constant(),
        QatValue.BiasSource b => b.Constant(),
        QatValue.RescaleSource r => r.Latest,
        QatValue.ClampSource l => l.Latest,
        QatValue.FillSource f => f.Latest,
        QatValue.ScaleSource s => s.Latest,
        QatValue.IndexSource i => i.Constant(),
        QatValue.TensorSource t => t.Quantizer.Constant(t.Value),
        QatValue.NumberSource n => n.Latest,
        QatValue.CompareSource e => e.Latest,
        QatValue.GridSource g => g.Latest,
        QatValue.IntegersSource own => own.Constant,
        TableSource l => l.Latest?.Constant,
        _ => null,
    } ?? throw new InvalidOperationException($"'{Node.Path}' has not run in VALIDATION."));

    /// <summary>The tables of the last pass in QAT or VALIDATION.</summary>
    internal IEnumerable<TableReport> Tables => (_constants ?? []).OfType<TableSource>().Where(static t => t.Latest is not null).Select(t =>
        new TableReport(Node.Path, t.Function.Name, t.Latest!.Constant.Input, t.Latest.Constant.DType, t.Latest.Split, t.Latest.LargestError, t.Latest.MeanError, t.Outside));

    private QatValue Source(ConstantRole role) => role.Kind switch
    {
        ConstantKind.Weight => new QatValue.WeightSource(Weight!, WeightQuantizer!, Arrangement, BatchNorm),
        ConstantKind.Bias => new QatValue.BiasSource(Bias!, WeightQuantizer!, Arrangement, BatchNorm),
        ConstantKind.Rescale => new QatValue.RescaleSource(role, OutputQuantizer),
        ConstantKind.Fill => new QatValue.FillSource(role.Range.Low),
        ConstantKind.Scale => new QatValue.ScaleSource(),
        ConstantKind.Tensor when IsIndex => new QatValue.IndexSource(Value!),
        ConstantKind.Tensor => new QatValue.TensorSource(Value!, TensorQuantizer!, Node),
        ConstantKind.Number or ConstantKind.Sign => new QatValue.NumberSource(role),
        ConstantKind.Compare => new QatValue.CompareSource(),
        ConstantKind.Integers => new QatValue.IntegersSource(new(role.Shape, role.DType, role.Fixed.Select(static v => (int)v).ToSeq(), (float)role.Scale)),
        ConstantKind.Grid => new QatValue.GridSource(),
        ConstantKind.Clamp => new QatValue.ClampSource(role.Range),
        ConstantKind.Table => new TableSource(role.Function!, OutputQuantizer!, _tableSplit, Node.Path),
        _ => throw new InvalidOperationException(role.Kind.ToString()),
    };
}
