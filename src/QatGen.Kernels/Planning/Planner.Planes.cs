using QatGen.Kernels.Steps;
using QatGen.Primitives;

namespace QatGen.Kernels.Planning;

/// <summary>Values of more than four dimensions, of which windows read planes.</summary>
internal sealed partial class Planner
{
    /// <summary>A value as maps of its last two axes: a plane of a volume is a frame, in the same memory.</summary>
    private Slot Planes(int value) => _facts[value].Rank <= 4 ? _slots[value] : _slots[value].As(Planes(value, default));

    private Layout Planes(int value, Border border)
    {
        var (own, map) = (_slots[value].Layout, MapShape.Of(_facts[value].Shape));
        return new(map.Batch * map.Slices, map.Channels, map.Height, map.Width, own.IsWide, border, own.PixelStride);
    }

    /// <summary>As <see cref="Planes(int)"/>, with zeros around each plane, for which a volume has to be copied.</summary>
    private Slot Bordered(int value, Border border)
    {
        if (_facts[value].Rank <= 4 || border == default)
        {
            return Planes(value);
        }

        var bordered = Extra(Planes(value, border));
        _steps.Add(new PlaneStep(Planes(value), bordered));
        return bordered;
    }
}
