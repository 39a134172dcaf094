using System.Numerics;

namespace QatGen.Kernels.Planning;

/// <summary>Copies between public NCHW integers and a slot's NHWC, row by row so that both stay in the cache.</summary>
internal static unsafe class NchwCopy
{
    public static void In(ReadOnlySpan<int> values, Slot slot, byte* arena)
    {
        if (slot.Layout.IsWide)
        {
            In<int>(values, slot, arena);
        }
        else
        {
            In<short>(values, slot, arena);
        }

        slot.ClearBorder(arena);
    }

    public static void Out(Slot slot, byte* arena, Span<int> values)
    {
        if (slot.Layout.IsWide)
        {
            Out<int>(slot, arena, values);
        }
        else
        {
            Out<short>(slot, arena, values);
        }
    }

    private static void In<T>(ReadOnlySpan<int> values, Slot slot, byte* arena)
        where T : unmanaged, IBinaryInteger<T>
    {
        var layout = slot.Layout;
        for (var row = 0; row < layout.Batch * layout.Height; row++)
        {
            var (n, y) = (row / layout.Height, row % layout.Height);
            for (var c = 0; c < layout.Channels; c++)
            {
                var target = (T*)slot.Pixel(arena, n, y, 0) + c;
                foreach (var value in values.Slice(((((n * layout.Channels) + c) * layout.Height) + y) * layout.Width, layout.Width))
                {
                    *target = T.CreateTruncating(value);
                    target += layout.PixelStride;
                }
            }
        }
    }

    private static void Out<T>(Slot slot, byte* arena, Span<int> values)
        where T : unmanaged, IBinaryInteger<T>
    {
        var layout = slot.Layout;
        for (var row = 0; row < layout.Batch * layout.Height; row++)
        {
            var (n, y) = (row / layout.Height, row % layout.Height);
            for (var c = 0; c < layout.Channels; c++)
            {
                var source = (T*)slot.Pixel(arena, n, y, 0) + c;
                foreach (ref var value in values.Slice(((((n * layout.Channels) + c) * layout.Height) + y) * layout.Width, layout.Width))
                {
                    value = int.CreateTruncating(*source);
                    source += layout.PixelStride;
                }
            }
        }
    }
}
