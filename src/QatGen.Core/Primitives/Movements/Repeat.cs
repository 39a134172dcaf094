using QatGen.Graphs;

namespace QatGen.Primitives;

public abstract partial record Movement
{
    /// <summary>The last axes again and again: one count per axis.</summary>
    public sealed record Repeat(Seq<int> Counts) : Movement
    {
        public override Seq<Value> Arguments => new(List(Counts));

        protected override MovePlan Plan(MoveSource source)
        {
            var first = source.Rank - Counts.Count;
            return first < 0 || Counts.Any(static c => c < 1) || (first == 0 && Counts[0] != 1) ? throw new MovementException("the counts are positive and repeat no frames")
                : source.Plan(source.Lines([.. Counts.Select((c, i) => (Axis: first + i, Count: c)).Where(static r => r.Axis > 0).Select(r => (r.Axis, Line(source, r.Axis, r.Count)))]));
        }

        private static int[] Line(MoveSource source, int axis, int count) => source.Picked(axis, Enumerable.Range(0, Length((long)count * source.Shape[axis])).Select(i => i % source.Shape[axis]));
    }

    /// <summary>Each element of an axis so many times.</summary>
    public sealed record RepeatInterleave(int Axis, int Count) : Movement
    {
        public override Seq<Value> Arguments => new(Axis, Count);

        protected override MovePlan Plan(MoveSource source)
        {
            var axis = source.Axis(Axis);
            return Count < 1 ? throw new MovementException("a count is positive") : source.Pick(axis, Enumerable.Range(0, Length((long)Count * source.Shape[axis])).Select(i => i / Count));
        }
    }

    /// <summary>Axes of one element made as long as said; -1 and, for the batch, 0 keep a size.</summary>
    public sealed record Expand(Seq<int> Sizes) : Movement
    {
        public override Seq<Value> Arguments => new(List(Sizes));

        protected override MovePlan Plan(MoveSource source)
        {
            if (Sizes.Count != source.Rank || Sizes[0] > 0)
            {
                throw new MovementException("there must be a size for each axis, the batch as it is");
            }

            var lines = Enumerable.Range(1, source.Rank - 1).Select(axis => (Sizes[axis], source.Shape[axis]) switch
            {
                (-1, _) => source.Line(axis),
                var (wanted, size) when wanted == size => source.Line(axis),
                ( > 0 and var wanted, 1) => new int[Length(wanted)],
                var (wanted, size) => throw new MovementException($"axis {axis} has {size} elements and cannot have {wanted}"),
            });
            return source.Plan([.. lines]);
        }
    }

    /// <summary>Axes in reverse order.</summary>
    public sealed record Flip(Seq<int> Axes) : Movement
    {
        public override Seq<Value> Arguments => new(List(Axes));

        protected override MovePlan Plan(MoveSource source) => source.Plan(source.Lines([.. Axes.Select(source.Axis).Select(a => (a, source.Line(a).Reverse().ToArray()))]));
    }

    /// <summary>An axis turned: what leaves at its end comes in at its start.</summary>
    public sealed record Roll(int Axis, int Shift) : Movement
    {
        public override Seq<Value> Arguments => new(Axis, Shift);

        protected override MovePlan Plan(MoveSource source)
        {
            var axis = source.Axis(Axis);
            var size = source.Shape[axis];
            return source.Pick(axis, Enumerable.Range(0, size).Select(i => (((i - (long)Shift) % size) + size) % size).Select(static i => (int)i));
        }
    }
}
