using QatGen.Kernels.Planning;

namespace QatGen.Kernels.Steps;

/// <summary>Moves elements from one NHWC layout to another so that their NCHW order stays; needed only where maps of more than one pixel change shape.</summary>
internal sealed unsafe class ReshapeStep(Slot source, Slot target) : Step(target, source)
{
    public override void Run(byte* arena, byte* scratch)
    {
        var (from, to) = (Sources[0].Layout, Target.Layout);
        for (var n = 0; n < to.Batch; n++)
        {
            var (channel, y, x) = (0, 0, 0);
            for (var c = 0; c < to.Channels; c++)
            {
                for (var at = new PixelCursor(to); at.N == 0; at.Next())
                {
                    var read = Sources[0].Pixel(arena, n, y, x);
                    var write = Target.Pixel(arena, n, at.Y, at.X);
                    if (to.IsWide)
                    {
                        ((int*)write)[c] = ((int*)read)[channel];
                    }
                    else
                    {
                        ((short*)write)[c] = ((short*)read)[channel];
                    }

                    if (++x == from.Width)
                    {
                        (x, y) = (0, y + 1);
                        if (y == from.Height)
                        {
                            (y, channel) = (0, channel + 1);
                        }
                    }
                }
            }
        }
    }
}
