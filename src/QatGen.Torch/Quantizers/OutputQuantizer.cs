using System.Runtime.InteropServices;
using QatGen.Arithmetic;
using QatGen.Torch.Functions;
using QatGen.Torch.Modules;
using QatGen.Torch.Observers;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace QatGen.Torch.Quantizers;

/// <summary>
/// Finds and holds the scale of one activation. Its state is <c>min</c>, <c>max</c> and <c>scale</c> (0 until data was seen), which is a parameter where it is learned (LSQ); <c>alpha</c>, a parameter,
/// for PACT; <c>histogram</c> where the observer keeps one, and <c>batches</c>, its number of batches, where the scale is found every few of them.
/// </summary>
public sealed class OutputQuantizer : QatPart
{
    private const float FirstAlpha = 6;

    private readonly Tensor _min = zeros(1).DetachFromDisposeScope();
    private readonly Tensor _max = zeros(1).DetachFromDisposeScope();
    private Tensor _scale = null!;
    private Tensor? _histogram;
    private Tensor? _batches;
    private Parameter? _learned;
    private Observer _observer = null!;

    internal OutputQuantizer(string layer) : base(nameof(OutputQuantizer), layer)
    {
    }

    internal OutputQuantizer(string layer, ActivationQuantization settings) : this(layer) => Configure(settings);

    /// <summary>The integers' type: qint8 or qint16.</summary>
    public DType DType => Range.Type;

    /// <summary>The real value of one step; 0 when no data was seen.</summary>
    public float Scale => Settings.Kind switch
    {
        FakeQuantKind.Pact => Floored((float)(Value(_learned!) / Range.Half)),
        FakeQuantKind.Lsq when Value(_scale) != 0 => Floored(Value(_scale)),
        _ => Value(_scale),
    };

    /// <summary>The range of the data so far; no limits where the scale does not follow it.</summary>
    internal ClampRange Observed => Settings.Kind == FakeQuantKind.Statistical && Value(_min) < Value(_max) ? new(Value(_min), Value(_max)) : ClampRange.None;

    /// <summary>Whether it has a scale.</summary>
    public bool IsCalibrated => Scale > 0 && float.IsFinite(Scale);

    /// <summary>The scale, or an error that names the layer.</summary>
    public float CalibratedScale
    {
        get
        {
            var scale = Scale;
            if (!float.IsFinite(scale))
            {
                throw QatGenException.Of(QuantizationRules.NotANumber, Layer, $"the scale of '{Layer}'");
            }

            // What an optimizer's step left below the smallest scale is put back, and the scale of a learned limit is kept beside it.
            if (Settings.Kind != FakeQuantKind.Statistical)
            {
                Value(_scale) = scale;
            }

            return scale > 0 ? scale : throw QatGenException.Of(QuantizationRules.NotCalibrated, Layer, Layer);
        }
    }

    internal ActivationQuantization Settings { get; private set; } = ActivationQuantization.BuiltIn;

    /// <summary>The integers that may be used.</summary>
    internal QuantRange Range => Settings.Range;

    /// <summary>Whether the smallest and largest value of a batch are not enough for the observer.</summary>
    internal bool NeedsData => _observer.NeedsData;

    /// <summary>How many batches calibration showed to a frozen scale.</summary>
    internal int Ignored { get; private set; }

    /// <summary>The observer of a histogram that saw batches, but too few for a scale; null where that is not so.</summary>
    internal HistogramObserver? Waiting
    {
        get
        {
            Restore();
            return _observer as HistogramObserver is { IsWaiting: true } waiting ? waiting : null;
        }
    }

    /// <summary>Whether a batch changes anything in a state.</summary>
    internal bool ObservesIn(FakeQuantState state) => Settings switch
    {
        _ when state is FakeQuantState.Float or FakeQuantState.Validation => false,
        { IsFixed: true } or { Kind: FakeQuantKind.Pact } => false,
        { Kind: FakeQuantKind.Lsq } => state == FakeQuantState.Calibration || Scale == 0,
        var s => s.AveragingConstant > 0 || Scale == 0,
    };

    /// <summary>Takes the range of a batch and follows it with the scale; NaN, and an infinite range that would become a scale, are errors that name the layer.</summary>
    public void Observe(float smallest, float largest)
    {
        Check(smallest, largest);
        if (Takes())
        {
            Restore();
            _observer.Observe(smallest, largest);
            Keep();
        }
    }

    /// <summary>Takes a batch (float32 tensor of any shape), as <see cref="Observe(float, float)"/> does its range.</summary>
    public void Observe(Tensor batch)
    {
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        var (min, max) = aminmax(batch);
        var (smallest, largest) = (min.item<float>(), max.item<float>());
        if (!NeedsData)
        {
            Observe(smallest, largest);
            return;
        }

        Check(smallest, largest);
        if (Takes())
        {
            Restore();
            _observer.Observe(batch);
            Keep();
        }
    }

    /// <summary>How a tensor of so many values is rounded to the scale.</summary>
    internal Rounding Rounding(long count) =>
        new(Range, Settings.Saturate, Settings.Kind, _learned, Settings is { Kind: FakeQuantKind.Lsq, UseGradScaling: true } ? 1 / Math.Sqrt(count * (double)Range.High) : 1);

    /// <summary>Decides how the activation is quantized, once and before any data.</summary>
    internal void Configure(ActivationQuantization settings)
    {
        (Settings, _observer) = (settings, settings.Observer.Create(settings.AveragingConstant, settings.Range));
        register_buffer("min", _min);
        register_buffer("max", _max);
        _scale = tensor([settings.Observer is ObserverSettings.FixedScale fix ? (float)fix.Scale : 0]).DetachFromDisposeScope();
        if (settings.Kind == FakeQuantKind.Lsq)
        {
            _scale = _learned = Learned("scale", _scale);
        }
        else
        {
            register_buffer("scale", _scale);
        }

        if (settings.Kind == FakeQuantKind.Pact)
        {
            _learned = Learned("alpha", full(1, Kept.Of(FirstAlpha)));
            Value(_scale) = Scale;
        }

        if (_observer is HistogramObserver kept)
        {
            _histogram = zeros(kept.Bins).DetachFromDisposeScope();
            register_buffer("histogram", _histogram);
            if (kept.UpdateInterval > 1)
            {
                _batches = zeros(1, ScalarType.Int64).DetachFromDisposeScope();
                register_buffer("batches", _batches);
            }
        }
    }

    /// <summary>Other averages of later batches; the constant 0 freezes the scale.</summary>
    internal void Average(double constant)
    {
        (Settings, Ignored) = (Settings with { AveragingConstant = constant }, 0);
        _observer = Settings.Observer.Create(constant, Range);
    }

    /// <summary>Takes the scale that a way finds in the kept histogram; false where none is kept or nothing was seen.</summary>
    internal bool Reset(ObserverSettings? method)
    {
        Restore();
        if (_observer is not HistogramObserver { HasData: true } kept)
        {
            return false;
        }

        Value(_scale) = Floored(kept.Scale(method, Range));
        return true;
    }

    /// <summary>Takes another type and the scale by which it holds the same range; gives what brings back those of before.</summary>
    internal Action Become(DType type)
    {
        var (settings, scale) = (Settings, Value(_scale));
        Settings = Settings with { Range = type };
        Value(_scale) = Floored((float)(scale * settings.Range.Half / Range.Half));
        return () => (Settings, Value(_scale)) = (settings, scale);
    }

    /// <summary>Forgets scale and data, as what it quantizes has become another tensor; a scale that is fixed or a learned limit stays.</summary>
    internal void Forget()
    {
        if (!Settings.IsFixed && Settings.Kind != FakeQuantKind.Pact)
        {
            (Value(_min), Value(_max), Value(_scale), Ignored) = (0, 0, 0, 0);
            _histogram?.zero_();
            _batches?.zero_();
        }
    }

    /// <summary>Nothing: what is registered depends on the settings.</summary>
    protected override void RegisterComponents()
    {
    }

    private Parameter Learned(string name, Tensor first)
    {
        var parameter = new Parameter(first);
        parameter.DetachFromDisposeScope();
        register_parameter(name, parameter);
        return parameter;
    }

    /// <summary>Whether a batch that is shown changes anything; one that does not because the scale is frozen is counted.</summary>
    private bool Takes()
    {
        var takes = ObservesIn(FakeQuantState.Calibration);
        Ignored += takes || Settings is { IsFixed: true } or { Kind: FakeQuantKind.Pact } ? 0 : 1;
        return takes;
    }

    private void Check(float smallest, float largest)
    {
        if (float.IsNaN(smallest) || float.IsNaN(largest) || (!Settings.IsFixed && !float.IsFinite(largest - smallest)))
        {
            throw QatGenException.Of(QuantizationRules.NotANumber, Layer, $"the range of '{Layer}'");
        }
    }

    /// <summary>The buffers are the state: a checkpoint may have been loaded into them since the last batch.</summary>
    private void Restore()
    {
        var hasData = Scale > 0 || Value(_min) != 0 || Value(_max) != 0;
        var (min, max) = hasData ? (new[] { Value(_min) }, new[] { Value(_max) }) : ([], []);
        if (_observer is HistogramObserver kept)
        {
            kept.Restore(min, max, Values(_histogram!), _batches is null ? 0 : (int)MemoryMarshal.Cast<byte, long>(_batches.bytes)[0]);
        }
        else
        {
            _observer.Restore(min, max);
        }
    }

    private void Keep()
    {
        (Value(_min), Value(_max)) = (_observer.Min[0], _observer.Max[0]);
        if (_observer is HistogramObserver kept)
        {
            kept.Counts.CopyTo(Values(_histogram!));
            if (_batches is not null)
            {
                MemoryMarshal.Cast<byte, long>(_batches.bytes)[0] = kept.Batches;
            }

            if (!kept.IsDue)
            {
                return;
            }
        }

        Value(_scale) = Floored(_observer.Scales(Range)[0]);
    }

    private float Floored(float scale) => float.IsNaN(scale) ? scale : Math.Max(scale, Settings.SmallestScale);

    private static ref float Value(Tensor buffer) => ref Values(buffer)[0];

    private static Span<float> Values(Tensor buffer) => MemoryMarshal.Cast<byte, float>(buffer.bytes);
}
