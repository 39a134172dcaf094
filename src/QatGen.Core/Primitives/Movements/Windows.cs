using QatGen.Graphs;

namespace QatGen.Primitives;

public abstract partial record Movement
{
    /// <summary>
    /// An axis as windows of so many elements, <paramref name="Dilation"/> apart, each window <paramref name="Step"/> behind the one before: the axis counts the windows, and the element within its
    /// window is the last digit of axis <paramref name="Inner"/>.
    /// </summary>
    public sealed record Windows(int Axis, int Inner, int Size, int Step, int Dilation) : Movement
    {
        public override Seq<Value> Arguments => new(Axis, Inner, Size, Step, Dilation);

        protected override MovePlan Plan(MoveSource source)
        {
            var (axis, inner) = (source.Axis(Axis), source.Axis(Inner));
            if (axis == inner || Size < 1 || Step < 1 || Dilation < 1)
            {
                throw new MovementException("windows have a size, a step and a dilation, and their elements go to another axis");
            }

            var free = source.Shape[axis] - ((long)Dilation * (Size - 1)) - 1;
            return free < 0 ? throw new MovementException($"a window is longer than axis {axis}")
                : source.Plan(source.Lines(
                    (axis, source.Picked(axis, Enumerable.Range(0, (int)(free / Step) + 1).Select(i => i * Step))),
                    (inner, MovePlan.Join(source.Line(inner), source.Picked(axis, Enumerable.Range(0, Size).Select(i => i * Dilation))))));
        }
    }

    /// <summary>
    /// What a transposed convolution computes as channels, put at its places. [N, groups * steps * C, ...] becomes [N, groups * C, ...] with each axis behind the channels as many times as long as
    /// its step says: channel (group, phase, c) goes to (group, c) and the phase to the last digits of those axes. Of their starts and ends some elements are cut away.
    /// </summary>
    public sealed record Interleave(int Groups, Seq<int> Steps, Seq<int> Starts, Seq<int> Ends) : Movement
    {
        public override Seq<Value> Arguments => new(Groups, List(Steps), List(Starts), List(Ends));

        protected override MovePlan Plan(MoveSource source)
        {
            var perGroup = Phases.Channels(source, Groups, Steps);
            if (Starts.Count != Steps.Count || Ends.Count != Steps.Count || Starts.Concat(Ends).Any(static c => c < 0))
            {
                throw new MovementException("each axis is cut at both ends");
            }

            var channels = source.Picked(1, Enumerable.Range(0, Groups * perGroup).Select(c => (c / perGroup * Phases.Count(Steps) * perGroup) + (c % perGroup)));
            return source.Plan([channels, .. Steps.Select((step, a) => Enumerable.Range(Starts[a], Length(((long)source.Shape[a + 2] * step) - Starts[a] - Ends[a]))
                .Select(i => source.Line(a + 2)[i / step] + source.Line(1)[i % step * Phases.Stride(Steps, a) * perGroup]).ToArray())]);
        }
    }

    /// <summary>Phases of several axes as one number, the last axis changing quickest.</summary>
    private static class Phases
    {
        public static int Count(Seq<int> steps) => Length(steps.Aggregate(1L, static (n, s) => n * s));

        public static int Stride(Seq<int> steps, int axis) => steps.Skip(axis + 1).Aggregate(1, static (n, s) => n * s);

        /// <summary>The channels of one phase of one group.</summary>
        public static int Channels(MoveSource source, int groups, Seq<int> steps)
        {
            var (phases, fits) = (Count(steps), groups > 0 && steps.Count == source.Rank - 2 && steps.All(static s => s > 0));
            return fits && source.Shape[1] % ((long)groups * phases) == 0 ? source.Shape[1] / groups / phases
                : throw new MovementException($"there is a step for each axis behind the channels, which divide by {groups} groups and {phases} phases");
        }
    }
}
