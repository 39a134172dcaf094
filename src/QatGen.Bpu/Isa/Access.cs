namespace QatGen.Bpu;

internal enum MemoryKind
{
    Ddr,
    Sram,
}

/// <summary>The bytes from Start to End, exclusive, that an instruction reads or writes.</summary>
internal readonly record struct Access(MemoryKind Memory, long Start, long End, bool Writes)
{
    public static Access Read(MemoryKind memory, Region region) => new(memory, region.Address, region.End, false);

    public static Access Write(MemoryKind memory, Region region) => new(memory, region.Address, region.End, true);

    public static Access Table(int address, long bytes) => new(MemoryKind.Sram, address, address + bytes, false);

    public bool Conflicts(Access other) => Memory == other.Memory && (Writes || other.Writes) && Start < other.End && other.Start < End;
}
