namespace QatGen.Generators.Capture;

/// <summary>The path of each registered module, as <c>named_modules()</c> spells it; a module registered twice has its first one.</summary>
internal sealed class ModulePaths
{
    private readonly Dictionary<int, string> _paths = [];
    private readonly List<string> _all = [];

    public IReadOnlyList<string> All => _all;

    /// <summary>The registered modules with their first paths.</summary>
    public IEnumerable<KeyValuePair<int, string>> Modules => _paths;

    public string? Find(int module) => _paths.TryGetValue(module, out var path) ? path : null;

    /// <summary>Names a root and everything registered below it.</summary>
    public void Name(Datum root, Func<Datum, IEnumerable<(string Name, Datum Module)>> children) => Visit(root, "", children, []);

    private void Visit(Datum value, string path, Func<Datum, IEnumerable<(string Name, Datum Module)>> children, HashSet<int> above)
    {
        if (value is Choice choice)
        {
            Visit(choice.WhenTrue, path, children, above);
            Visit(choice.WhenFalse, path, children, above);
            return;
        }

        if (ModuleId(value) is not { } id || !above.Add(id))
        {
            return;
        }

        _all.Add(path);
        if (!_paths.ContainsKey(id))
        {
            _paths[id] = path;
        }

        foreach (var (name, module) in children(value))
        {
            Visit(module, path.Length == 0 ? name : path + "." + name, children, above);
        }

        above.Remove(id);
    }

    public static int? ModuleId(Datum value) => value switch { Instance i => i.Id, Layer l => l.Id, _ => null };
}
