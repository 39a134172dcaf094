using QatGen.Graphs;

namespace QatGen.Primitives;

public abstract partial record Movement
{
    /// <summary>[N, C * r * r, H, W] as [N, C, H * r, W * r]: channels become the pixels of a block.</summary>
    public sealed record PixelShuffle(int Factor) : Movement
    {
        public override Seq<Value> Arguments => new(Factor);

        protected override MovePlan Plan(MoveSource source)
        {
            var (r, channels) = (Factor, source.Rank == 4 ? source.Shape[1] : 0);
            if (r < 1 || channels == 0 || channels % ((long)r * r) != 0)
            {
                throw new MovementException($"the channels of a map must divide by {r} x {r}");
            }

            int[] Side(int axis, int step) => [.. Enumerable.Range(0, source.Shape[axis] * r).Select(i => source.Line(axis)[i / r] + source.Line(1)[i % r * step])];
            return source.Plan([source.Picked(1, Enumerable.Range(0, channels / (r * r)).Select(c => c * r * r)), Side(2, r), Side(3, 1)]);
        }
    }

    /// <summary>[N, C, H * r, W * r] as [N, C * r * r, H, W]: the pixels of a block become channels.</summary>
    public sealed record PixelUnshuffle(int Factor) : Movement
    {
        public override Seq<Value> Arguments => new(Factor);

        protected override MovePlan Plan(MoveSource source)
        {
            var r = Factor;
            if (r < 1 || source.Rank != 4 || source.Shape[2] % r != 0 || source.Shape[3] % r != 0)
            {
                throw new MovementException($"the height and width of a map must divide by {r}");
            }

            int[] Side(int axis) => source.Picked(axis, Enumerable.Range(0, source.Shape[axis] / r).Select(i => i * r));
            var channels = Enumerable.Range(0, source.Shape[1] * r * r).Select(c => source.Line(1)[c / (r * r)] + source.Line(2)[c / r % r] + source.Line(3)[c % r]);
            return source.Plan([[.. channels], Side(2), Side(3)]);
        }
    }

    /// <summary>Channels seen as [groups, C / groups], transposed.</summary>
    public sealed record ChannelShuffle(int Groups) : Movement
    {
        public override Seq<Value> Arguments => new(Groups);

        protected override MovePlan Plan(MoveSource source)
        {
            var channels = source.Shape[1];
            return Groups < 1 || channels % Groups != 0 ? throw new MovementException($"the channels must divide by {Groups}")
                : source.Pick(1, Enumerable.Range(0, channels).Select(c => (c % Groups * (channels / Groups)) + (c / Groups)));
        }
    }
}
