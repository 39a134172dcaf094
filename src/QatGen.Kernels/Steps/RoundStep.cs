using QatGen.Kernels.Planning;
using QatGen.Primitives;

namespace QatGen.Kernels.Steps;

/// <summary>Int16 as the whole numbers beside their real values.</summary>
internal sealed unsafe class RoundStep(ElementwiseKind kind, ScaleConstant scale, Slot source, Slot target) : Step(target, source)
{
    public override void Run(byte* arena, byte* scratch)
    {
        var channels = Target.Layout.Channels;
        for (var at = new PixelCursor(Target.Layout); at.N < Target.Layout.Batch; at.Next())
        {
            var from = (short*)Sources[0].Pixel(arena, at.N, at.Y, at.X);
            var to = (int*)Target.Pixel(arena, at.N, at.Y, at.X);
            for (var c = 0; c < channels; c++)
            {
                to[c] = scale.Round(kind, from[c]);
            }
        }
    }
}
