using QatGen.Graphs;

namespace QatGen.Generators.Capture;

/// <summary>What [Quantize] says of modules, by their classes and by the fields that hold them.</summary>
internal sealed partial class Evaluator
{
    private readonly Dictionary<int, List<QuantizeSetting>> _settings = [];
    private readonly List<QuantizeSetting> _settingsOfBlocks = [];

    /// <summary>All that is said, at the modules' paths: outer modules first, and of one module its class before the field.</summary>
    public Seq<QuantizeSetting> Settings => _paths.Modules.Where(m => _settings.ContainsKey(m.Key)).SelectMany(m => _settings[m.Key].Select(s => s with { Path = m.Value }))
        .Concat(_settingsOfBlocks).OrderBy(static s => s.Path.Length).ToSeq();

    private void Say(int module, QuantizeSetting? setting)
    {
        if (setting is not null)
        {
            (_settings.TryGetValue(module, out var said) ? said : _settings[module] = []).Add(setting);
        }
    }

    /// <summary>What a block of another project says of its own modules.</summary>
    private void SayOf(Graph block, string path) => _settingsOfBlocks.AddRange(block.Settings.Select(s => s with { Path = Inside(path, s.Path) }));
}
