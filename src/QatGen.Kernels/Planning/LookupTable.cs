using QatGen.Primitives;

namespace QatGen.Kernels.Planning;

/// <summary>A table's result of every int16 by its bits, so that what padding channels hold reads something, whatever it is. Outside of int8 an int8 table repeats.</summary>
internal sealed unsafe class LookupTable
{
    private const int Count = 1 << 16;
    private readonly Pinned<short> _results = new(Count);

    public LookupTable(TableConstant table)
    {
        var results = table.Expand();
        for (var q = 0; q < Count; q++)
        {
            _results.Pointer[q] = (short)results[((short)q - table.Input.Min()) & (results.Length - 1)];
        }
    }

    public short* Results => _results.Pointer;
}
