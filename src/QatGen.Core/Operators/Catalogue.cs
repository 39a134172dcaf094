using System.Reflection;
using QatGen.Graphs;

namespace QatGen.Operators;

/// <summary>Every operator, in name order: the non-abstract <see cref="Operator"/> classes of this assembly.</summary>
public static class Catalogue
{
    public static Seq<Operator> All { get; } =
        typeof(Operator).GetTypeInfo().Assembly.GetTypes()
            .Where(static t => !t.IsAbstract && typeof(Operator).IsAssignableFrom(t))
            .Select(static t => (Operator)Activator.CreateInstance(t)!)
            .OrderBy(static o => o.Name, StringComparer.Ordinal).ToSeq();

    private static readonly Dictionary<string, Operator> ByName = All.ToDictionary(static o => o.Name);
    private static readonly Dictionary<Form, Operator> ByForm = All.SelectMany(static o => o.Forms.Select(f => (f, o))).ToDictionary(static p => p.f, static p => p.o);

    public static Operator Get(string name) => ByName[name];

    public static bool Contains(string name) => ByName.ContainsKey(name);

    /// <summary>The operator that claims a written form; null when none does.</summary>
    public static Operator? Find(Form form) => ByForm.TryGetValue(form, out var found) ? found : null;
}
