using QatGen.Arithmetic;
using QatGen.Torch.Functions;
using static TorchSharp.torch;

namespace QatGen.Torch.Quantizers;

public sealed unsafe partial class WeightQuantizer
{
    /// <summary>The name of the buffer that holds frozen ranges.</summary>
    internal const string FrozenName = "frozen";

    private Tensor? _frozen;

    /// <summary>Whether the scales stay what they are whatever becomes of the weights.</summary>
    internal bool IsFrozen => _frozen is not null && Array.Exists(_frozen.data<float>().ToArray(), static r => r > 0);

    /// <summary>Keeps the ranges that these weights have; scales that are fixed or learned are not found in weights and stay as they are.</summary>
    internal void Freeze(Tensor weight)
    {
        if (_settings.IsFixed || _learned is not null)
        {
            return;
        }

        using var scope = NewDisposeScope();
        var rows = RawTensor.Contiguous(weight.detach());
        var start = RawTensor.Floats(rows);
        var length = (int)(rows.numel() / _scales.Length);
        var kept = _absmax is null ? new float[_scales.Length] : Values(_absmax).ToArray();
        for (var c = 0; c < kept.Length; c++)
        {
            var row = start + ((long)c * length);
            kept[c] = kept[c] > 0 ? kept[c] : Observed(row, length, MagnitudeLoop.Largest(row, length));
        }

        Freeze(kept);
    }

    /// <summary>Takes ranges [O] that were kept before; 0 follows the weights.</summary>
    internal void Freeze(float[] ranges)
    {
        if (_frozen is null)
        {
            _frozen = zeros(_scales.Length).DetachFromDisposeScope();
            register_buffer(FrozenName, _frozen);
        }

        ranges.CopyTo(Values(_frozen));
    }

    /// <summary>Lets scales follow the weights again.</summary>
    internal void Follow() => _frozen?.zero_();

    /// <summary>Forgets averaged and learned ranges, which the next pass finds anew in the weights.</summary>
    internal void Forget()
    {
        using var grad = no_grad();
        Follow();
        _absmax?.zero_();
        _learned?.zero_();
        Array.Clear(_scales);
    }

    /// <summary>Takes other bits, and gives what brings back those of before; a learned scale becomes the one by which the same range is held.</summary>
    internal Action Become(int bits)
    {
        var (settings, observer, scale, scales, before) = (_settings, _observer, Values(_scale).ToArray(), _scales.ToArray(), Bits);
        _settings = settings with { Range = QuantRange.Of(settings.Range.Type, bits) };
        (_observer, Bits) = (_settings.Observer.Create(1, _settings.Range), bits);
        if (_learned is not null)
        {
            scale.Select(s => (float)(s * settings.Range.Half / _settings.Range.Half)).ToArray().CopyTo(Values(_scale));
        }

        return () =>
        {
            (_settings, _observer, Bits) = (settings, observer, before);
            scale.CopyTo(Values(_scale));
            scales.CopyTo(_scales, 0);
        };
    }

    /// <summary>A copy of the kept ranges; zeros where none are.</summary>
    internal float[] Ranges() => _frozen is null ? new float[_scales.Length] : Values(_frozen).ToArray();
}
