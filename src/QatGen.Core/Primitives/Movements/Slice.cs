using QatGen.Graphs;

namespace QatGen.Primitives;

public abstract partial record Movement
{
    /// <summary>The elements of an axis from <paramref name="Start"/> to <paramref name="End"/>, exclusive, by steps; both count from the end where negative and are cut to the axis, as in Python.</summary>
    public sealed record Slice(int Axis, int Start = 0, int End = int.MaxValue, int Step = 1) : Movement
    {
        public override Seq<Value> Arguments => new(Axis, Start, End, Step);

        protected override MovePlan Plan(MoveSource source)
        {
            var axis = source.Axis(Axis);
            var size = source.Shape[axis];
            int Cut(int place) => Math.Max(0, Math.Min(size, place < 0 ? place + size : place));
            var (start, end) = (Cut(Start), Cut(End));
            return Step < 1 ? throw new MovementException("steps go forward") : source.Pick(axis, Range(start, end, Step));
        }

        private static IEnumerable<int> Range(int start, int end, int step) => Enumerable.Range(0, (int)Math.Max(0, ((long)end - start + step - 1) / step)).Select(i => start + (i * step));
    }

    /// <summary>One element of an axis, which is gone from the result.</summary>
    public sealed record Select(int Axis, int Index) : Movement
    {
        public override Seq<Value> Arguments => new(Axis, Index);

        protected override MovePlan Plan(MoveSource source)
        {
            var axis = source.Axis(Axis);
            var index = Index < 0 ? Index + source.Shape[axis] : Index;
            if (index < 0 || index >= source.Shape[axis])
            {
                throw new MovementException($"axis {axis} has no element {Index}");
            }

            var lines = source.Lines();
            lines.RemoveAt(axis - 1);
            if (lines.Count == 0)
            {
                throw new MovementException("the result has no axis but the batch");
            }

            lines[0] = [.. lines[0].Select(o => o + source.Line(axis)[index])];
            return source.Plan(lines);
        }
    }

    /// <summary>Part <paramref name="Part"/> of an axis that is cut into so many: all of one size but the last (<c>chunk</c>), or of sizes that differ by at most one (<c>tensor_split</c>).</summary>
    public sealed record Section(int Axis, int Parts, int Part, bool IsEven) : Movement
    {
        public override Seq<Value> Arguments => new(Axis, Parts, Part, IsEven);

        protected override MovePlan Plan(MoveSource source)
        {
            var axis = source.Axis(Axis);
            var size = source.Shape[axis];
            if (Parts < 1)
            {
                throw new MovementException($"there are no {Parts} parts");
            }

            var chunk = (size + Parts - 1) / Parts;
            var count = IsEven ? Parts : (size + chunk - 1) / chunk;
            var part = Part < 0 ? Part + count : Part;
            var (start, length) = IsEven ? ((part * (size / Parts)) + Math.Min(part, size % Parts), (size / Parts) + (part < size % Parts ? 1 : 0)) : (part * chunk, Math.Min(chunk, size - (part * chunk)));
            return part < 0 || part >= count ? throw new MovementException($"axis {axis} has no part {Part}") : source.Pick(axis, Enumerable.Range(start, length));
        }
    }

    /// <summary>Part <paramref name="Part"/> of an axis that is cut into pieces of a size, of which the last may be smaller.</summary>
    public sealed record Pieces(int Axis, int Size, int Part) : Movement
    {
        public override Seq<Value> Arguments => new(Axis, Size, Part);

        protected override MovePlan Plan(MoveSource source)
        {
            var axis = source.Axis(Axis);
            var size = source.Shape[axis];
            if (Size < 1)
            {
                throw new MovementException($"there are no pieces of {Size}");
            }

            var count = (size + (long)Size - 1) / Size;
            var part = Part < 0 ? Part + count : Part;
            return part < 0 || part >= count ? throw new MovementException($"axis {axis} has no part {Part}")
                : source.Pick(axis, Enumerable.Range((int)(part * Size), (int)Math.Min(Size, size - (part * Size))));
        }
    }

    /// <summary>Part <paramref name="Part"/> of an axis that is cut into pieces of these sizes.</summary>
    public sealed record Split(int Axis, Seq<int> Sizes, int Part) : Movement
    {
        public override Seq<Value> Arguments => new(Axis, List(Sizes), Part);

        protected override MovePlan Plan(MoveSource source)
        {
            var axis = source.Axis(Axis);
            return Sizes.Any(static s => s < 0) || Sizes.Sum(static s => (long)s) != source.Shape[axis] ? throw new MovementException($"axis {axis} has {source.Shape[axis]} elements, which is not the sum of the sizes")
                : Part < 0 || Part >= Sizes.Count ? throw new MovementException($"axis {axis} has no part {Part}")
                : source.Pick(axis, Enumerable.Range(Sizes.Take(Part).Sum(), Sizes[Part]));
        }
    }
}
