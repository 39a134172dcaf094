using QatGen.Primitives;

namespace QatGen.Kernels.Planning;

/// <summary>Single elements of an operand: at distances from the first one of a frame in a slot or, of a constant, in NCHW order in int32 memory of its own.</summary>
internal sealed unsafe class ElementSource
{
    private readonly Pinned<int>? _constant;
    private readonly bool _isWide;

    public ElementSource(Slot slot) => (Slot, _isWide) = (slot, slot.Layout.IsWide);

    public ElementSource(TensorConstant constant)
    {
        (_constant, _isWide) = (new(constant.Values.Count), true);
        for (var i = 0; i < constant.Values.Count; i++)
        {
            _constant.Pointer[i] = constant.Values[i];
        }
    }

    /// <summary>Null for a constant.</summary>
    public Slot? Slot { get; }

    /// <summary>Numbers of elements in NCHW order as distances.</summary>
    public int[] Addresses(int[] elements) => Slot?.Layout.Addresses(elements) ?? elements;

    public byte* Frame(byte* arena, int n) => Slot is null ? (byte*)_constant!.Pointer : Slot.Pixel(arena, n, 0, 0);

    public int Read(byte* frame, int distance) => _isWide ? ((int*)frame)[distance] : ((short*)frame)[distance];
}
