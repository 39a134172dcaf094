namespace QatGen.Bpu;

/// <summary>The memories of one core: constants at the start of DDR, shared and read-only, the workspace behind them, and on-chip memory.</summary>
internal sealed class Machine(byte[] constants, int workspaceBytes, int sramBytes)
{
    private readonly byte[] _workspace = new byte[workspaceBytes];
    private readonly byte[] _sram = new byte[sramBytes];

    public Span<byte> Sram => _sram;

    /// <summary>DDR from a box's address to its end; a box that is not in memory is an error.</summary>
    public ReadOnlySpan<byte> ReadDdr(Region region) =>
        region.Address < constants.Length ? constants.AsSpan(region.Address, (int)(region.End - region.Address)) : WriteDdr(region);

    public Span<byte> WriteDdr(Region region) => _workspace.AsSpan(region.Address - constants.Length, (int)(region.End - region.Address));
}
