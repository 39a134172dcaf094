using QatGen.Kernels.Planning;

namespace QatGen.Kernels.Steps;

/// <summary>Copies maps, row by row, to where each has a border.</summary>
internal sealed unsafe class PlaneStep(Slot source, Slot target) : Step(target, source)
{
    public override void Run(byte* arena, byte* scratch)
    {
        var layout = Target.Layout;
        var bytes = (long)layout.Width * layout.PixelStride * layout.ElementBytes;
        for (var n = 0; n < layout.Batch; n++)
        {
            for (var y = 0; y < layout.Height; y++)
            {
                Buffer.MemoryCopy(Sources[0].Pixel(arena, n, y, 0), Target.Pixel(arena, n, y, 0), bytes, bytes);
            }
        }
    }
}
