namespace QatGen.Kernels.Planning;

/// <summary>Gives every slot its place: the largest first, each at the lowest address that is free over the slot's whole life.</summary>
internal static class Arena
{
    private const int Alignment = 64;

    /// <summary>Places the slots and returns the bytes needed. Without <paramref name="reuse"/> every slot has memory of its own.</summary>
    public static long Place(IEnumerable<Slot> slots, bool reuse)
    {
        var placed = new List<Slot>();
        foreach (var slot in slots.OrderByDescending(static s => s.Layout.Bytes))
        {
            long at = 0;
            foreach (var other in placed.Where(o => !reuse || (o.FirstStep <= slot.LastStep && slot.FirstStep <= o.LastStep)).OrderBy(static o => o.Offset))
            {
                if (at + slot.Layout.Bytes <= other.Offset)
                {
                    break;
                }

                at = Math.Max(at, Aligned(other.Offset + other.Layout.Bytes));
            }

            slot.PlaceAt(at);
            placed.Add(slot);
        }

        return placed.Count == 0 ? 0 : placed.Max(static s => Aligned(s.Offset + s.Layout.Bytes));
    }

    private static long Aligned(long offset) => (offset + Alignment - 1) / Alignment * Alignment;
}
