namespace QatGen.Kernels.Planning;

/// <summary>An array that does not move, so that kernels can keep its address; it is aligned to a cache line.</summary>
internal sealed unsafe class Pinned<T>
    where T : unmanaged
{
    /// <summary>No array of bytes can be larger, with what alignment takes.</summary>
    public const long LargestCount = 0x7FFFFFC7 - Alignment;

    private const int Alignment = 64;

    // Referenced only to stay alive.
    private readonly T[] _memory;

    public Pinned(long count)
    {
        _memory = GC.AllocateArray<T>(checked((int)(count + (Alignment / sizeof(T)))), pinned: true);
        fixed (T* start = _memory)
        {
            Pointer = (T*)(((nuint)start + Alignment - 1) / Alignment * Alignment);
        }

        Count = (int)count;
    }

    public T* Pointer { get; }

    public int Count { get; }

    public Span<T> Span => new(Pointer, Count);
}
