using QatGen.Kernels.Planning;
using QatGen.Kernels.Simd;
using QatGen.Primitives;

namespace QatGen.Kernels.Steps;

/// <summary>Sampling by a grid: of each pixel the weighted sum of up to four others; those outside of the map are left out.</summary>
internal sealed unsafe class GridStep(MicroKernels kernels, GridConstant constant, GridMode mode, Slot map, Slot grid, Slot target) : Step(target, map, grid)
{
    private const int Neighbours = 4;

    public override void Run(byte* arena, byte* scratch)
    {
        var sources = stackalloc short*[Neighbours];
        var weights = stackalloc int[Neighbours];
        var (height, width, bits) = (map.Layout.Height, map.Layout.Width, constant.Bits);
        for (var at = new PixelCursor(Target.Layout); at.N < Target.Layout.Batch; at.Next())
        {
            // The grid [N, HO, WO, 2] has the rows of the result as its channels.
            var px = constant.X(((short*)grid.Pixel(arena, at.N, at.X, 0))[at.Y], width, mode);
            var py = constant.Y(((short*)grid.Pixel(arena, at.N, at.X, 1))[at.Y], height, mode);
            var count = 0;
            if (mode.IsNearest)
            {
                Add(constant.Nearest(py), constant.Nearest(px), 1);
            }
            else
            {
                var (left, top) = (px >> bits, py >> bits);
                var (wx, wy) = (px - (left << bits), py - (top << bits));
                Add(top, left, ((1 << bits) - wy) * ((1 << bits) - wx));
                Add(top, left + 1, ((1 << bits) - wy) * wx);
                Add(top + 1, left, wy * ((1 << bits) - wx));
                Add(top + 1, left + 1, wy * wx);
            }

            kernels.Blend(new() { Sources = sources, Weights = weights, Count = count, Channels = MicroKernels.Padded(Target.Layout.Channels), Target = (int*)Target.Pixel(arena, at.N, at.Y, at.X) });

            void Add(int y, int x, int weight)
            {
                if (weight != 0 && y >= 0 && y < height && x >= 0 && x < width)
                {
                    sources[count] = (short*)map.Pixel(arena, at.N, y, x);
                    weights[count++] = weight;
                }
            }
        }
    }
}
