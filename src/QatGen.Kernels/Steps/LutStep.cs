using QatGen.Kernels.Planning;

namespace QatGen.Kernels.Steps;

/// <summary>Looks each integer up in a table.</summary>
internal sealed unsafe class LutStep(LookupTable table, Slot source, Slot target) : Step(target, source)
{
    public override void Run(byte* arena, byte* scratch)
    {
        var results = table.Results;
        var channels = Target.Layout.Channels;
        for (var at = new PixelCursor(Target.Layout); at.N < Target.Layout.Batch; at.Next())
        {
            var from = (ushort*)Sources[0].Pixel(arena, at.N, at.Y, at.X);
            var to = (short*)Target.Pixel(arena, at.N, at.Y, at.X);
            for (var c = 0; c < channels; c++)
            {
                to[c] = results[from[c]];
            }
        }
    }
}
