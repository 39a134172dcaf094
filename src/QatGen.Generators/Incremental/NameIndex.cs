using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace QatGen.Generators.Incremental;

/// <summary>Which files of a compilation declare a name, so that the files on which a model depends are found without binding anything.</summary>
internal sealed class NameIndex
{
    private static readonly ConditionalWeakTable<Compilation, NameIndex> Known = new();

    private readonly ImmutableArray<SyntaxTree> _trees;
    private readonly TreeNames[] _names;
    private readonly Dictionary<string, List<int>> _declaring = [];
    private readonly Dictionary<string, SortedSet<string>> _spellings = new(StringComparer.OrdinalIgnoreCase);
    private readonly string _shared;

    private NameIndex(Compilation compilation, CancellationToken cancellation)
    {
        _trees = compilation.SyntaxTrees.Where(static t => !IsOurs(t)).ToImmutableArray();
        _names = [.. _trees.Select(t => TreeNames.Of(t, cancellation))];
        for (var i = 0; i < _names.Length; i++)
        {
            foreach (var name in _names[i].Declares)
            {
                if (!_declaring.TryGetValue(name, out var trees))
                {
                    _declaring[name] = trees = [];
                }

                trees.Add(i);
            }
        }

        foreach (var name in _names.SelectMany(static n => n.Declares.Concat(n.Namespaces)))
        {
            if (!_spellings.TryGetValue(name, out var spellings))
            {
                _spellings[name] = spellings = new(StringComparer.Ordinal);
            }

            spellings.Add(name);
        }

        var namespaces = new SortedSet<string>(_names.SelectMany(static n => n.Namespaces), StringComparer.Ordinal);
        _shared = string.Join("\n", [.. namespaces, .. _names.SelectMany(static n => n.Shared)]);
    }

    public static NameIndex Of(Compilation compilation, CancellationToken cancellation) => Known.GetValue(compilation, c => new(c, cancellation));

    /// <summary>The name of a model's files, such as <c>Namespace.Net</c>; numbered where another type or namespace differs in case only, which the compiler does not take as another file.</summary>
    public string FileName(string space, string type)
    {
        // A keyword in a namespace is spelled with @, which no file name may hold.
        space = space.Replace("@", "");
        var name = space.Length == 0 ? type : $"{space}.{type}";
        int Number(string part) => _spellings.TryGetValue(part, out var spellings) ? spellings.TakeWhile(s => s != part).Count() : 0;
        var (ofSpace, ofType) = (Number(space), Number(type));
        return ofSpace + ofType == 0 ? name : FormattableString.Invariant($"{name}-{ofSpace}-{ofType}");
    }

    /// <summary>Whether the generator made a tree. Its files only follow from models, so the analyzer, which sees them, leaves them out as the generator has to.</summary>
    public static bool IsOurs(SyntaxTree tree)
    {
        var folders = tree.FilePath.Split('/', '\\');
        return folders.Length > 1 && folders[folders.Length - 2] == typeof(QatGenerator).FullName;
    }

    /// <summary>
    /// The files that can decide how the code of <paramref name="seed"/> binds, in the order of the compilation: itself and, from there on, every file that declares a name mentioned in one of them.
    /// With what all files share, the references and the options, they determine what capture reads.
    /// </summary>
    public ModelKey Key(SyntaxTree seed, Compilation compilation)
    {
        var reached = new bool[_names.Length];
        var left = new Stack<int>();
        var looked = new HashSet<string>();
        for (var i = 0; i < _names.Length; i++)
        {
            Look(_names[i].SharedMentions);
            if (_names[i].IsEverywhere || _trees[i] == seed)
            {
                Reach(i);
            }
        }

        while (left.Count > 0)
        {
            Look(_names[left.Pop()].Mentions);
        }

        return new(_trees.Where((_, i) => reached[i]).ToImmutableArray(), _shared, compilation.ExternalReferences, compilation.Options, compilation.AssemblyName);

        void Reach(int tree)
        {
            if (!reached[tree])
            {
                reached[tree] = true;
                left.Push(tree);
            }
        }

        void Look(IReadOnlyCollection<string> names)
        {
            foreach (var name in names)
            {
                if (looked.Add(name) && _declaring.TryGetValue(name, out var trees))
                {
                    trees.ForEach(Reach);
                }
            }
        }
    }
}
