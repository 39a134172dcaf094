using Microsoft.CodeAnalysis;
using QatGen.Graphs;

namespace QatGen.Generators.Capture;

/// <summary>What [Quantize] says of modules, by their classes and by the fields that hold them.</summary>
internal sealed partial class Evaluator
{
    private readonly Dictionary<int, List<(QuantizeSetting Setting, ISymbol Symbol)>> _settings = [];
    private readonly List<QuantizeSetting> _settingsOfBlocks = [];

    /// <summary>All that is said, at the modules' paths: outer modules first, and of one module its class before the field.</summary>
    public Seq<QuantizeSetting> Settings => Said.Select(static s => s.Setting).Concat(_settingsOfBlocks).OrderBy(static s => s.Path.Length).ToSeq();

    /// <summary>What is said in this project, and the classes and fields that say it.</summary>
    public IEnumerable<(QuantizeSetting Setting, ISymbol Symbol)> Said =>
        _paths.Modules.Where(m => _settings.ContainsKey(m.Key)).SelectMany(m => _settings[m.Key].Select(s => (s.Setting with { Path = m.Value }, s.Symbol)));

    private void Say(int module, ISymbol symbol)
    {
        if (ModelDeclaration.Settings(symbol) is { } setting)
        {
            (_settings.TryGetValue(module, out var said) ? said : _settings[module] = []).Add((setting, symbol));
        }
    }

    /// <summary>What a block of another project says of its own modules.</summary>
    private void SayOf(Graph block, string path) => _settingsOfBlocks.AddRange(block.Settings.Select(s => s with { Path = Inside(path, s.Path) }));
}
