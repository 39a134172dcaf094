using System.Collections;

namespace QatGen;

/// <summary>An immutable list with value equality, so that records built from it compare and cache by content.</summary>
public readonly struct Seq<T>(params T[] items) : IEquatable<Seq<T>>, IReadOnlyList<T>
{
    private readonly T[]? _items = items;

    public static Seq<T> Empty { get; } = new([]);

    public int Count => _items?.Length ?? 0;

    public T this[int index] => (_items ?? [])[index];

    public bool Equals(Seq<T> other) => (_items ?? []).SequenceEqual(other._items ?? []);

    public override bool Equals(object? obj) => obj is Seq<T> other && Equals(other);

    public override int GetHashCode()
    {
        var hash = 17;
        foreach (var item in _items ?? [])
        {
            hash = unchecked((hash * 31) + (item?.GetHashCode() ?? 0));
        }

        return hash;
    }

    public T[] ToArray() => [.. _items ?? []];

    public override string ToString() => "[" + string.Join(", ", _items ?? []) + "]";

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)(_items ?? [])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public static bool operator ==(Seq<T> left, Seq<T> right) => left.Equals(right);

    public static bool operator !=(Seq<T> left, Seq<T> right) => !left.Equals(right);
}

public static class SeqExtensions
{
    public static Seq<T> ToSeq<T>(this IEnumerable<T> items) => new([.. items]);
}
