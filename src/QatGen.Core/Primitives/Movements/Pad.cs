using QatGen.Graphs;

namespace QatGen.Primitives;

public abstract partial record Movement
{
    /// <summary>Axes made longer at both ends, or shorter where an amount is negative. The amounts are (before, after) pairs from the last axis on, as in PyTorch.</summary>
    public abstract record Padding(Seq<int> Amounts) : Movement
    {
        public override Seq<Value> Arguments => new(List(Amounts));

        protected override MovePlan Plan(MoveSource source)
        {
            if (Amounts.Count % 2 != 0 || Amounts.Count / 2 >= source.Rank)
            {
                throw new MovementException("the amounts are pairs, of the last axes and not of the batch");
            }

            var replaced = Enumerable.Range(0, Amounts.Count / 2).Select(pair => Line(source, source.Rank - 1 - pair, Amounts[2 * pair], Amounts[(2 * pair) + 1]));
            return source.Plan(source.Lines([.. replaced]));
        }

        /// <summary>The element of an axis that stands at a place before its start or behind its end.</summary>
        protected abstract int Beyond(int place, int size);

        /// <summary>Whether an axis of a size can be made longer by so much.</summary>
        protected virtual bool Takes(int amount, int size) => true;

        private (int Axis, int[] Line) Line(MoveSource source, int axis, int before, int after)
        {
            var size = source.Shape[axis];
            return Takes(before, size) && Takes(after, size)
                ? (axis, source.Picked(axis, Enumerable.Range(-before, Length((long)size + before + after)).Select(i => i >= 0 && i < size ? i : Beyond(i, size))))
                : throw new MovementException($"axis {axis} has too few elements for a padding of {before} and {after}");
        }
    }

    /// <summary>Padding with one integer.</summary>
    public sealed record ConstantPad(Seq<int> Amounts) : Padding(Amounts)
    {
        protected override int Beyond(int place, int size) => MovePlan.Outside;
    }

    /// <summary>Padding that repeats the outermost element.</summary>
    public sealed record ReplicatePad(Seq<int> Amounts) : Padding(Amounts)
    {
        protected override int Beyond(int place, int size) => place < 0 ? 0 : size - 1;
    }

    /// <summary>Padding that mirrors the axis at its outermost element, which is not repeated.</summary>
    public sealed record ReflectPad(Seq<int> Amounts) : Padding(Amounts)
    {
        protected override int Beyond(int place, int size) => place < 0 ? -place : (2 * (size - 1)) - place;

        protected override bool Takes(int amount, int size) => amount < size;
    }

    /// <summary>Padding that continues at the other end.</summary>
    public sealed record CircularPad(Seq<int> Amounts) : Padding(Amounts)
    {
        protected override int Beyond(int place, int size) => place < 0 ? place + size : place - size;

        protected override bool Takes(int amount, int size) => amount <= size;
    }

    /// <summary>So many less one filled elements between neighbours, of each axis behind the channels: what a transposed convolution reads.</summary>
    public sealed record Spread(Seq<int> Steps) : Movement
    {
        public override Seq<Value> Arguments => new(List(Steps));

        protected override MovePlan Plan(MoveSource source) => Steps.Count != source.Rank - 2 || Steps.Any(static s => s < 1)
            ? throw new MovementException("there must be a step for each axis behind the channels")
            : source.Plan(source.Lines([.. Steps.Select((step, i) => (i + 2, Line(source, i + 2, step)))]));

        private static int[] Line(MoveSource source, int axis, int step) =>
            source.Picked(axis, Enumerable.Range(0, Length(((source.Shape[axis] - 1L) * step) + 1)).Select(i => i % step == 0 ? i / step : MovePlan.Outside));
    }
}
