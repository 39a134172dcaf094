using System.Reflection;

namespace QatGen.Marches;

/// <summary>One primitive as the marches see it, by the name that messages and documentation use.</summary>
public abstract class PrimitiveTable(string name)
{
    /// <summary>The table of every primitive, in name order: the static properties of the classes in <c>Marches/Limits</c>.</summary>
    public static Seq<PrimitiveTable> All { get; } =
        typeof(PrimitiveTable).GetTypeInfo().Assembly.GetTypes()
            .SelectMany(static t => t.GetRuntimeProperties())
            .Where(static p => p.GetMethod is { IsStatic: true } && typeof(PrimitiveTable).IsAssignableFrom(p.PropertyType))
            .Select(static p => (PrimitiveTable)p.GetValue(null)!)
            .OrderBy(static t => t.Name, StringComparer.Ordinal).ToSeq();

    public string Name { get; } = name;

    /// <summary>Whether a march has the primitive.</summary>
    public bool Supports(March march) => Describe(march) is not null;

    /// <summary>Types and limits on a march; null where the march does not have the primitive.</summary>
    public abstract PrimitiveSupport? Describe(March march);
}

/// <summary>What a march takes of a primitive: types read and written, and the text of each limit.</summary>
public sealed record PrimitiveSupport(Seq<DType> Reads, Seq<DType> Writes, Seq<string> Limits);

/// <summary>A primitive's rows. A march without a row does not have the primitive; <typeparamref name="T"/> is the primitive's use as its limits see it.</summary>
public sealed class PrimitiveTable<T>(string name, params MarchRow<T>[] rows) : PrimitiveTable(name)
{
    private readonly Dictionary<March, MarchRow<T>> _rows = rows.SelectMany(static r => r.Marches.Select(m => (m, r))).ToDictionary(static p => p.m, static p => p.r);

    /// <summary>The row of a march; null where it does not have the primitive.</summary>
    public MarchRow<T>? For(March march) => _rows.TryGetValue(march, out var row) ? row : null;

    public override PrimitiveSupport? Describe(March march) => For(march) is { } row ? new(row.Reads, row.Writes, row.Limits.Select(static l => l.Text).ToSeq()) : null;
}
