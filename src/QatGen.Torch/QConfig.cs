using QatGen.Graphs;
using QatGen.Primitives;
using QatGen.Torch.Observers;

namespace QatGen.Torch;

/// <summary>How scales are found and which integers hold activations. Weights are int8 and always follow their own absolute maximum, per output channel.</summary>
public sealed record QConfig
{
    /// <summary>The observer of activations.</summary>
    public ObserverKind Activation { get; init; } = ObserverKind.MovingAverageMinMax;

    /// <summary>c of v += c * (batch - v) for the moving average: 0 freezes after the first batch, 1 follows each batch.</summary>
    public double AveragingConstant { get; init; } = 0.01;

    /// <summary>The type of activations that no entry of <see cref="Types"/> names: qint8, or qint16 on marches that have it.</summary>
    public DType ActivationType { get; init; } = DType.QInt8;

    /// <summary>What becomes of batch norms behind convolutions and linear layers while training.</summary>
    public BatchNormMode BatchNormMode { get; init; }

    /// <summary>Types of single layers and inputs; of several that fit the last one counts. One that fits nothing is an error.</summary>
    public IReadOnlyList<LayerType> Types { get; init; } = [];

    /// <summary>Whether outputs that can stay qint32 accumulators do, unless [HighPrecisionOutput] says otherwise; else all are quantized.</summary>
    public bool HighPrecisionOutputs { get; init; } = true;

    /// <summary>Where the segments of tables with int16 inputs begin.</summary>
    public TableSplit TableSplit { get; init; }

    /// <summary>A new observer of activations, per tensor.</summary>
    public Observer CreateActivationObserver() => Activation == ObserverKind.MinMax ? new MinMaxObserver() : new MovingAverageMinMaxObserver(AveragingConstant);

    internal DType TypeOf(Node node) => node.Part?.Type ?? Types.LastOrDefault(t => t.Selects(node))?.DType ?? ActivationType;

    /// <summary>The type of an input, where [Quantize] says one other than qint8 that one; positions stay what they are.</summary>
    internal DType TypeOfInput(string name, DType declared) => declared == DType.QInt32 ? declared
        : Types.LastOrDefault(t => t.SelectsInput(name))?.DType ?? (declared == DType.QInt8 ? ActivationType : declared);

    /// <summary>Throws with every type that names nothing, and every activation that is to be of another type than qint8 or qint16.</summary>
    internal void Check(QatModel model)
    {
        var unused = Types.Where(t => !model.Inputs.Any(i => t.SelectsInput(i.Name)) && !model.Nodes.Any(n => (n.OutputQuantizer is not null || n.Target is not null) && t.Selects(n.Node)))
            .Select(static t => Violation.Of(QuantizationRules.TypeUnused, "", t.ToString()));
        var wrong = model.Inputs.Where(static i => !i.IsIndex).Select(static i => (i.Name, Type: i.Quantizer.DType))
            .Concat(model.Nodes.Where(static n => n.OutputQuantizer is not null).Select(static n => (Name: n.Node.Path, Type: n.OutputQuantizer!.DType)))
            .Where(static l => l.Type is not (DType.QInt8 or DType.QInt16))
            .Select(static l => Violation.Of(QuantizationRules.TypeNotActivation, l.Name, l.Name, l.Type.Name()));
        Violation[] violations = [.. unused, .. wrong];
        if (violations.Length > 0)
        {
            throw new QatGenException(violations);
        }
    }
}
