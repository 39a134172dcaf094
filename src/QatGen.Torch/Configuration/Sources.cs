using System.Globalization;
using QatGen.Arithmetic;
using QatGen.Torch.Observers;
using QatGen.Torch.Quantizers;

namespace QatGen.Torch.Configuration;

/// <summary>The settings that sources give one quantizer, the strongest last; each setting is decided by the last source that says something of it, and what decided is written down.</summary>
internal sealed class Sources(string layer, string op, string quantizer)
{
    private readonly List<(string Name, ActivationSettings Settings, bool IsGeneral)> _sources = [];
    private readonly List<Decision> _decisions = [];
    private readonly List<Violation> _violations = [];

    public IReadOnlyList<Decision> Decisions => _decisions;

    public IReadOnlyList<Violation> Violations => _violations;

    /// <summary>Adds a source; a general one speaks of the whole model.</summary>
    public void Add(string name, ActivationSettings settings, bool isGeneral = false) => _sources.Add((name, settings, isGeneral));

    public void Add(string name, WeightSettings settings) => Add(name, new ActivationSettings
    {
        Kind = settings.Kind,
        Observer = settings.Observer,
        Bits = settings.Bits,
        AveragingConstant = settings.AveragingConstant,
        Saturate = settings.Saturate,
        UseGradScaling = settings.UseGradScaling,
    });

    /// <summary>An activation's settings. An input has all bits of its type, unless a rule names it.</summary>
    public ActivationQuantization Activation(bool isInput)
    {
        var builtIn = ActivationQuantization.BuiltIn;
        var range = Range(builtIn.Range, isInput);
        var (kind, observer, c, saturate, scaling) = Others(builtIn.Kind, builtIn.Observer, builtIn.AveragingConstant, builtIn.Saturate, builtIn.UseGradScaling);
        return new(range, observer, observer is ObserverSettings.FixedScale ? FakeQuantKind.Statistical : kind, c, saturate, scaling);
    }

    public WeightQuantization Weight()
    {
        var builtIn = WeightQuantization.BuiltIn;
        var bits = Decide("bits", static s => s.Bits, (int?)8, static b => $"{b} bits")!.Value;
        Require(bits is >= 2 and <= 8, "bits", $"{bits}", "2 to 8 bits for weights");
        var (kind, observer, c, saturate, scaling) = Others(builtIn.Kind, builtIn.Observer, builtIn.AveragingConstant, builtIn.Saturate, builtIn.UseGradScaling);
        Require(observer.FitsWeights, "observer", observer.ToString(), "an observer that keeps no histogram");
        return new(QuantRange.Of(DType.QInt8, Math.Clamp(bits, 2, 8)), observer, observer is ObserverSettings.FixedScale ? FakeQuantKind.Statistical : kind, c, saturate, scaling);
    }

    /// <summary>Type and bits together: whoever decides one decides the other.</summary>
    private QuantRange Range(QuantRange builtIn, bool isInput)
    {
        var (type, source) = (builtIn.Type, "built-in");
        int? bits = null;
        foreach (var (name, settings, isGeneral) in _sources)
        {
            // A general width below 8 bits is for what the model computes: its inputs stay what they are.
            if ((settings.DType is not null || settings.Bits is not null) && !(isInput && settings.Bits < 8 && isGeneral))
            {
                (type, bits, source) = (settings.DType ?? (settings.Bits > 8 ? DType.QInt16 : DType.QInt8), settings.Bits, name);
            }
        }

        if (type == DType.QInt32)
        {
            _violations.Add(Violation.Of(QuantizationRules.TypeNotActivation, layer, layer, type.Name()));
            return builtIn;
        }

        var fits = bits is null || (type == DType.QInt16 ? bits == 16 : bits is >= 2 and <= 8);
        Require(fits, "bits", $"{bits} of {type.Name()}", "2 to 8 bits in qint8, or 16 in qint16");
        Require(!fits || !isInput || bits is null or 8 or 16, "bits", $"{bits}", "8 or 16 bits for an input of the model");
        var range = fits && bits is { } b ? QuantRange.Of(type, b) : type;
        _decisions.Add(new(layer, op, quantizer, "type", range == range.Type ? type.Name() : $"{type.Name()} of {bits} bits", source));
        return range;
    }

    private (FakeQuantKind Kind, ObserverSettings Observer, double C, bool Saturate, bool Scaling) Others(FakeQuantKind kind, ObserverSettings observer, double c, bool saturate, bool scaling)
    {
        var chosen = Decide("observer", static s => s.Observer, observer, static o => o.ToString())!;
        var averaging = Decide("averaging constant", static s => s.AveragingConstant, (double?)c, static v => v.GetValueOrDefault().ToString("R", CultureInfo.InvariantCulture))!.Value;
        Require(chosen.Problem is null, "observer", chosen.ToString(), chosen.Problem ?? "");
        Require(averaging is >= 0 and <= 1, "averaging constant", averaging.ToString("R", CultureInfo.InvariantCulture), "a number from 0 (frozen) to 1 (follows)");
        return (
            Decide("kind", static s => s.Kind, (FakeQuantKind?)kind, static k => k == FakeQuantKind.Statistical ? "fake_quant" : $"{k}".ToLowerInvariant())!.Value, chosen, averaging,
            Decide("saturate", static s => s.Saturate, (bool?)saturate, static v => v == true ? "saturate" : "no saturate")!.Value,
            Decide("grad scaling", static s => s.UseGradScaling, (bool?)scaling, static v => v == true ? "grad scaling" : "no grad scaling")!.Value);
    }

    private T Decide<T>(string setting, Func<ActivationSettings, T?> get, T builtIn, Func<T, string> text)
    {
        var (value, source) = (builtIn, "built-in");
        foreach (var (name, settings, _) in _sources)
        {
            (value, source) = get(settings) is { } said ? (said, name) : (value, source);
        }

        _decisions.Add(new(layer, op, quantizer, setting, text(value), source));
        return value;
    }

    private void Require(bool holds, string setting, string value, string needed)
    {
        if (!holds)
        {
            _violations.Add(Violation.Of(QuantizationRules.SettingOutOfRange, layer, quantizer, layer, setting, value, needed));
        }
    }
}
