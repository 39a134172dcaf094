namespace QatGen.Bpu;

/// <summary>
/// A box of integers in a memory, [rows, columns, channels]: channels adjoin, columns and rows lie <see cref="ColumnPitch"/> and <see cref="RowPitch"/> bytes apart.
/// </summary>
internal readonly record struct Region(int Address, int Rows, int Columns, int Channels, int RowPitch, int ColumnPitch, DType Type)
{
    /// <summary>A run of bytes.</summary>
    public static Region Block(int address, int bytes) => new(address, 1, 1, bytes, bytes, bytes, DType.QInt8);

    public int Positions => Rows * Columns;

    public long Elements => (long)Positions * Channels;

    /// <summary>Bytes of one position.</summary>
    public int RunBytes => Channels * Type.Bytes();

    public long Bytes => (long)Positions * RunBytes;

    /// <summary>The first address behind the box.</summary>
    public long End => Address + ((Rows - 1L) * RowPitch) + ((Columns - 1L) * ColumnPitch) + RunBytes;

    /// <summary>A box of at least one element, of a type the core has, with elements at their natural alignment and counts whose products fit.</summary>
    public bool IsValid =>
        Address >= 0 && Rows > 0 && Columns > 0 && Channels > 0 && RowPitch >= 0 && ColumnPitch >= 0
        && (long)Rows * Columns <= int.MaxValue && (long)Rows * Columns * Channels <= int.MaxValue / Type.Bytes() && (Address | RowPitch | ColumnPitch) % Type.Bytes() == 0;

    public int At(int row, int column) => Address + (row * RowPitch) + (column * ColumnPitch);

    public bool HasShapeOf(Region other) => Rows == other.Rows && Columns == other.Columns && Channels == other.Channels;

    /// <summary>Whether a box can be read at every position and channel of a result: one channel repeats over all.</summary>
    public bool Repeats(Region term) => Rows == term.Rows && Columns == term.Columns && (Channels == term.Channels || term.Channels == 1);

    public override string ToString() => $"{Address:x6}[{Rows}x{Columns}x{Channels} {Type.Name()} /{RowPitch}/{ColumnPitch}]";
}
