using System.Collections;
using System.Globalization;
using QatGen.Torch.Quantizers;

namespace QatGen.Torch.Persistence;

/// <summary>What a QAT model's state says beside its tensors, as texts by name.</summary>
internal static class CheckpointMetadata
{
    private const string VersionKey = "qatgen.version";
    private const string ModelKey = "qatgen.model";
    private const string MarchKey = "qatgen.march";
    private const string TypePrefix = "qatgen.type/";
    private const string BitsPrefix = "qatgen.bits/";
    private const string SettingPrefix = "qatgen.setting/";

    public static Dictionary<string, string> Of(IQatModule model, int version)
    {
        var texts = new Dictionary<string, string>
        {
            [VersionKey] = version.ToString(CultureInfo.InvariantCulture),
            [ModelKey] = model.Model.Name,
            [MarchKey] = model.Model.March.ToString(),
        };
        foreach (var (layer, type) in Types(model))
        {
            texts[TypePrefix + layer] = type.Name();
        }

        foreach (var (layer, bits) in Bits(model))
        {
            texts[BitsPrefix + layer] = bits.ToString(CultureInfo.InvariantCulture);
        }

        foreach (var property in typeof(QConfig).GetProperties())
        {
            texts[SettingPrefix + property.Name] = Text(property.GetValue(model.Model.Config));
        }

        return texts;
    }

    /// <summary>Null where the texts are not those of a QAT model.</summary>
    public static QatCheckpointInfo? Read(IReadOnlyDictionary<string, string> texts)
    {
        if (!int.TryParse(texts.GetValueOrDefault(VersionKey), CultureInfo.InvariantCulture, out var version))
        {
            return null;
        }

        Dictionary<string, string> Below(string prefix) => texts.Where(t => t.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(t => t.Key[prefix.Length..], static t => t.Value);
        var types = Below(TypePrefix).ToDictionary(static t => t.Key, static t => Enum.GetValues<DType>().Single(d => d.Name() == t.Value));
        var bits = Below(BitsPrefix).ToDictionary(static t => t.Key, static t => int.Parse(t.Value, CultureInfo.InvariantCulture));
        return new(version, texts.GetValueOrDefault(ModelKey, ""), Enum.TryParse<March>(texts.GetValueOrDefault(MarchKey), out var march) ? march : null, types, bits, Below(SettingPrefix));
    }

    /// <summary>The type of each activation by the name of its quantizer.</summary>
    public static Dictionary<string, DType> Types(IQatModule model) =>
        model.Model.Module.named_modules().Where(static m => m.module is OutputQuantizer).ToDictionary(static m => m.name, static m => ((OutputQuantizer)m.module).DType);

    /// <summary>The bits of each activation and of each operator's weights by the name of the quantizer.</summary>
    public static Dictionary<string, int> Bits(IQatModule model) => model.Model.Module.named_modules()
        .Select(static m => (m.name, Bits: m.module switch { OutputQuantizer output => output.Range.Bits, WeightQuantizer weight => weight.Settings.Range.Bits, _ => 0 }))
        .Where(static q => q.Bits > 0).ToDictionary(static q => q.name, static q => q.Bits);

    private static string Text(object? value) => value switch
    {
        null => "",
        string text => text,
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        IEnumerable list => string.Join("; ", list.Cast<object>().Select(Text)),
        _ => value.ToString() ?? "",
    };
}
