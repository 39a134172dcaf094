using System.Collections.Immutable;

namespace QatGen.Generators.Capture;

/// <summary>The place of a mutable value: a frame's local, an object's field or property (by symbol), or the contents of a list or container.</summary>
internal readonly record struct Slot(int Owner, object Key)
{
    public const string Contents = "contents";
    public const string Children = "children";
    public const string Registered = "registered";

    /// <summary>Set once a key was removed from a map.</summary>
    public const string Removed = "removed";

    /// <summary>The owner of static fields.</summary>
    public const int Static = 0;
}

/// <summary>All mutable state of the evaluated program, immutable itself: both sides of an undecided condition start from the same heap, and are joined.</summary>
internal sealed class Heap
{
    private readonly ImmutableDictionary<Slot, Datum> _slots;

    private Heap(ImmutableDictionary<Slot, Datum> slots) => _slots = slots;

    public static Heap Empty { get; } = new(ImmutableDictionary<Slot, Datum>.Empty);

    public Datum? Find(Slot slot) => _slots.TryGetValue(slot, out var value) ? value : null;

    public Heap With(Slot slot, Datum value) => new(_slots.SetItem(slot, value));

    /// <summary>Whether a slot of another heap has another value here.</summary>
    public bool Changes(Heap before) => before._slots.Any(p => !_slots[p.Key].Equals(p.Value));

    /// <summary>This heap where only one side has a slot (an object or variable of that side), else what <paramref name="join"/> makes of the two values.</summary>
    public Heap Join(Heap other, Func<Datum, Datum, Datum> join)
    {
        var joined = _slots;
        foreach (var pair in other._slots)
        {
            if (!joined.TryGetValue(pair.Key, out var mine))
            {
                joined = joined.Add(pair.Key, pair.Value);
            }
            else if (!mine.Equals(pair.Value))
            {
                joined = joined.SetItem(pair.Key, join(mine, pair.Value));
            }
        }

        return new(joined);
    }
}
