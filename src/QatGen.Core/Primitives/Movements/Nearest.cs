using QatGen.Graphs;

namespace QatGen.Primitives;

public abstract partial record Movement
{
    /// <summary>
    /// The axes behind the channels resized to the nearest element, to sizes or, where those are none, by factors: of depth, height and width, those that the map lacks are 0. As PyTorch computes it,
    /// a result has floor(size * factor) elements, and element i is number min(floor(i * step), size - 1) of the source, in float32; the step is 1 / factor, or size / result where there is none or
    /// <paramref name="IsRecomputed"/>; an axis of equal or twice the size takes i or i / 2.
    /// </summary>
    public sealed record Nearest(Seq<int> Sizes, double Depth, double Height, double Width, bool IsRecomputed) : Movement
    {
        public override Seq<Value> Arguments => new(List(Sizes), Depth, Height, Width, IsRecomputed);

        protected override MovePlan Plan(MoveSource source)
        {
            double[] factors = [.. new[] { Depth, Height, Width }.Where(static f => f > 0)];
            var (sizes, count) = (Sizes, source.Rank - 2);
            if ((Sizes.Count > 0 ? Sizes.Count : factors.Length) != count || count == 0)
            {
                throw new MovementException("there must be a size or a factor for each axis behind the channels");
            }

            return source.Plan(source.Lines([.. Enumerable.Range(0, count).Select(i => (i + 2, sizes.Count > 0 ? Line(source, i + 2, sizes[i], 0) : Line(source, i + 2, Scaled(source.Shape[i + 2], factors[i]), IsRecomputed ? 0 : factors[i])))]));
        }

        private static int Scaled(int size, double factor) => (int)Math.Min(int.MaxValue, Math.Floor(size * factor));

        private static int[] Line(MoveSource source, int axis, int result, double factor)
        {
            var size = source.Shape[axis];
            var step = factor > 0 ? (float)(1.0 / factor) : (float)size / result;
            return source.Picked(axis, Enumerable.Range(0, Length(result)).Select(i => result == size ? i : result == 2L * size ? i / 2 : Math.Min((int)Math.Floor((float)(i * step)), size - 1)));
        }
    }
}
