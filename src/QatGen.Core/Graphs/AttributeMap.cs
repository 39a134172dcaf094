using System.Collections;

namespace QatGen.Graphs;

/// <summary>The non-tensor arguments of a call by parameter name, as TorchSharp spells them, in name order; value-equal.</summary>
public sealed class AttributeMap : IEquatable<AttributeMap>, IEnumerable<KeyValuePair<string, Value>>
{
    private readonly SortedDictionary<string, Value> _values = new(StringComparer.Ordinal);

    public AttributeMap()
    {
    }

    public AttributeMap(IEnumerable<KeyValuePair<string, Value>> values)
    {
        foreach (var pair in values)
        {
            _values[pair.Key] = pair.Value;
        }
    }

    /// <summary>The value of a parameter; null when it was not given. Set only while initialising.</summary>
    public Value? this[string name]
    {
        get => _values.TryGetValue(name, out var value) ? value : null;
        init => _values[name] = value!;
    }

    public int Count => _values.Count;

    /// <summary>The same with others in place of the values, and of those inside them, for which <paramref name="other"/> gives one.</summary>
    public AttributeMap Replace(Func<Value, Value?> other) => new(_values.Select(p => new KeyValuePair<string, Value>(p.Key, p.Value.Replace(other))));

    public bool Equals(AttributeMap? other) => other is not null && _values.SequenceEqual(other._values);

    public override bool Equals(object? obj) => Equals(obj as AttributeMap);

    public override int GetHashCode() => _values.Aggregate(17, static (h, p) => unchecked((h * 31) + (p.Key.GetHashCode() ^ p.Value.GetHashCode())));

    public IEnumerator<KeyValuePair<string, Value>> GetEnumerator() => _values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The values as named arguments of a C# call; <paramref name="input"/> names the node's inputs by number.</summary>
    public string ToCode(Func<int, string> input) => string.Join(", ", _values.Select(p => $"{p.Key}: {p.Value.ToCode(input)}"));

    public override string ToString() => ToCode(static i => i == 0 ? "x" : "x" + i);
}
