namespace QatGen.Bpu;

/// <summary>Gives out memory to blocks that live from one step to another, inclusive: each at the lowest address where it meets no other that lives at the same time.</summary>
internal sealed class AddressSpace(long capacity)
{
    private const int Align = 64;

    private readonly List<Block> _blocks = [];

    /// <summary>The highest address given out so far.</summary>
    public long Used { get; private set; }

    public int Count => _blocks.Count;

    /// <summary>The address of a new block, or -1 when there is no room. Nothing takes no room.</summary>
    public long Allocate(long bytes, int first, int last)
    {
        var address = 0L;
        foreach (var other in _blocks.Where(b => b.First <= last && b.Last >= first && b.Bytes > 0).OrderBy(static b => b.Address))
        {
            if (address + bytes <= other.Address)
            {
                break;
            }

            address = Math.Max(address, (other.Address + other.Bytes + Align - 1) / Align * Align);
        }

        if (address + bytes > capacity)
        {
            return -1;
        }

        _blocks.Add(new(address, bytes, first, last));
        Used = Math.Max(Used, address + bytes);
        return address;
    }

    /// <summary>Takes back the newest blocks until so many are left.</summary>
    public void Release(int count) => _blocks.RemoveRange(count, _blocks.Count - count);

    private readonly record struct Block(long Address, long Bytes, int First, int Last);
}
