using QatGen.Graphs;

namespace QatGen.Primitives;

public abstract partial record Movement
{
    /// <summary>An axis of one element at a place of the result.</summary>
    public sealed record Unsqueeze(int Axis) : Movement
    {
        public override Seq<Value> Arguments => new(Axis);

        protected override MovePlan Plan(MoveSource source)
        {
            var lines = source.Lines();
            lines.Insert(MoveSource.AxisAmong(Axis, source.Rank + 1) - 1, [0]);
            return source.Plan(lines);
        }
    }

    /// <summary>An axis less, if it has one element; otherwise nothing, as in PyTorch.</summary>
    public sealed record Squeeze(int Axis) : Movement
    {
        public override Seq<Value> Arguments => new(Axis);

        protected override MovePlan Plan(MoveSource source)
        {
            var (axis, lines) = (source.Axis(Axis), source.Lines());
            lines.RemoveRange(axis - 1, source.Shape[axis] == 1 ? 1 : 0);
            return source.Plan(lines);
        }
    }

    /// <summary>All axes from one to another as one.</summary>
    public sealed record Merge(int First, int Last) : Movement
    {
        public override Seq<Value> Arguments => new(First, Last);

        protected override MovePlan Plan(MoveSource source)
        {
            var (first, last, lines) = (source.Axis(First), source.Axis(Last), source.Lines());
            if (last < first)
            {
                throw new MovementException("the last axis comes before the first");
            }

            var merged = source.Plan(lines).Joined(first - 1, last - first + 1);
            lines.RemoveRange(first - 1, last - first + 1);
            lines.Insert(first - 1, merged);
            return source.Plan(lines);
        }
    }

    /// <summary>An axis as several of these sizes, of which one may be -1.</summary>
    public sealed record Divide(int Axis, Seq<int> Sizes) : Movement
    {
        public override Seq<Value> Arguments => new(Axis, List(Sizes));

        protected override MovePlan Plan(MoveSource source)
        {
            var (axis, lines) = (source.Axis(Axis), source.Lines());
            var (size, known) = (source.Shape[axis], Sizes.Where(static s => s != -1).Aggregate(1L, static (n, s) => n * s));
            var sizes = Sizes.Select(s => s == -1 && known > 0 ? (int)(size / known) : s).ToArray();
            if (Sizes.Count(static s => s == -1) > 1 || sizes.Any(static s => s < 1) || sizes.Aggregate(1L, static (n, s) => n * s) != size)
            {
                throw new MovementException($"axis {axis} has {size} elements, which is not the product of the sizes");
            }

            lines.RemoveAt(axis - 1);
            var stride = size;
            lines.InsertRange(axis - 1, sizes.Select(s =>
            {
                stride /= s;
                return source.Picked(axis, Enumerable.Range(0, s).Select(i => i * stride)).ToArray();
            }));
            return source.Plan(lines);
        }
    }
}
