using QatGen.Primitives;

namespace QatGen.Torch;

/// <summary>
/// How a model is quantized. One thing is decided by the last of these sources that says something of it: the built-in settings, [Quantize] on the assembly and on the model's class,
/// <see cref="Activation"/> and <see cref="Weight"/>, [Quantize] on the class of a module, on a field and at an input, the inner one after the outer, <see cref="Rules"/> in order, and what an operator or a composite one needs of itself. <see cref="QuantizationExtensions.Explain"/> tells which it was.
/// </summary>
public sealed record QConfig
{
    /// <summary>The settings of all activations.</summary>
    public ActivationSettings Activation { get; init; } = new();

    /// <summary>The settings of all weights.</summary>
    public WeightSettings Weight { get; init; } = new();

    /// <summary>Settings of some operators and inputs. A rule that selects nothing is an error.</summary>
    public IReadOnlyList<QRule> Rules { get; init; } = [];

    /// <summary>What becomes of batch norms behind convolutions and linear layers while training.</summary>
    public BatchNormMode BatchNormMode { get; init; }

    /// <summary>Whether outputs that can stay qint32 accumulators do, unless [HighPrecisionOutput] says otherwise; else all are quantized.</summary>
    public bool HighPrecisionOutputs { get; init; } = true;

    /// <summary>Where the segments of tables with int16 inputs begin.</summary>
    public TableSplit TableSplit { get; init; }
}
