using QatGen.Graphs;

namespace QatGen.Primitives;

public abstract partial record Movement
{
    /// <summary>Axis i of the result is axis <c>Axes[i]</c> of the source; the batch comes first.</summary>
    public sealed record Permute(Seq<int> Axes) : Movement
    {
        public override Seq<Value> Arguments => new(List(Axes));

        protected override MovePlan Plan(MoveSource source)
        {
            var axes = Axes.Select(a => a < 0 ? a + source.Rank : a).ToArray();
            return axes.Length != source.Rank || !axes.OrderBy(static a => a).SequenceEqual(Enumerable.Range(0, source.Rank)) ? throw new MovementException("each axis must be named once")
                : source.Plan([.. axes.Select((a, i) => i == 0 && a == 0 ? [] : source.Line(source.Axis(a))).Skip(1)]);
        }
    }

    /// <summary>Two axes change places.</summary>
    public sealed record Transpose(int First, int Second) : Movement
    {
        public override Seq<Value> Arguments => new(First, Second);

        protected override MovePlan Plan(MoveSource source)
        {
            var (first, second) = (source.Axis(First), source.Axis(Second));
            return source.Plan(source.Lines((first, source.Line(second)), (second, source.Line(first))));
        }
    }

    /// <summary>An axis goes to another place; the others keep their order.</summary>
    public sealed record MoveAxis(int From, int To) : Movement
    {
        public override Seq<Value> Arguments => new(From, To);

        protected override MovePlan Plan(MoveSource source)
        {
            var (from, to, lines) = (source.Axis(From), source.Axis(To), source.Lines());
            lines.RemoveAt(from - 1);
            lines.Insert(to - 1, source.Line(from));
            return source.Plan(lines);
        }
    }
}
