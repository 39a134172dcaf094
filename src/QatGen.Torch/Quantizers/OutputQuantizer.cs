using System.Runtime.InteropServices;
using QatGen.Torch.Observers;
using static TorchSharp.torch;

namespace QatGen.Torch.Quantizers;

/// <summary>Finds and holds the scale of one activation; its buffers are <c>min</c>, <c>max</c> and <c>scale</c> (0 until data was seen).</summary>
public sealed class OutputQuantizer : nn.Module
{
    private readonly Tensor min = zeros(1).DetachFromDisposeScope();
    private readonly Tensor max = zeros(1).DetachFromDisposeScope();
    private readonly Tensor scale = zeros(1).DetachFromDisposeScope();
    private readonly Observer _observer;
    private readonly string _layer;
    private readonly bool _isFixed;
    private readonly float _smallest;

    /// <summary>A quantizer for <paramref name="layer"/>; <paramref name="fixedScale"/> above 0 is never observed, and an observed one never below <paramref name="smallest"/>.</summary>
    public OutputQuantizer(string layer, Observer observer, double fixedScale = 0, DType type = DType.QInt8, double smallest = 0) : base(nameof(OutputQuantizer))
    {
        (_layer, _observer, _isFixed, _smallest, DType) = (layer, observer, fixedScale > 0, (float)smallest, type);
        RegisterComponents();
        Value(scale) = (float)fixedScale;
    }

    /// <summary>The integers' type: qint8 or qint16.</summary>
    public DType DType { get; }

    /// <summary>The real value of one step; 0 when no data was seen.</summary>
    public float Scale => Value(scale);

    public bool IsCalibrated => Scale > 0 && float.IsFinite(Scale);

    /// <summary>The scale, or an error that names the layer.</summary>
    public float CalibratedScale => IsCalibrated ? Scale : throw QatGenException.Of(QuantizationRules.NotCalibrated, _layer, _layer);

    /// <summary>Takes the range of a batch and follows it with the scale; NaN, and an infinite range that would become a scale, are errors that name the layer.</summary>
    public void Observe(float smallest, float largest)
    {
        if (float.IsNaN(smallest) || float.IsNaN(largest) || (!_isFixed && !float.IsFinite(largest - smallest)))
        {
            throw QatGenException.Of(QuantizationRules.NotANumber, _layer, $"the range of '{_layer}'");
        }

        if (_isFixed)
        {
            return;
        }

        // The buffers are the state: a checkpoint may have been loaded into them since the last batch.
        _observer.Restore(Scale > 0 ? [Value(min)] : [], Scale > 0 ? [Value(max)] : []);
        _observer.Update([smallest], [largest]);
        (Value(min), Value(max)) = (_observer.Min[0], _observer.Max[0]);
        Value(scale) = Math.Max(_observer.Scales(DType)[0], _smallest);
    }

    private static ref float Value(Tensor buffer) => ref MemoryMarshal.Cast<byte, float>(buffer.bytes)[0];
}
