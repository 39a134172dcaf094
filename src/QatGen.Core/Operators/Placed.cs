using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>
/// A value of the source as the program has it: with the batch as the first axis and the others in the source's order. <paramref name="Batch"/> is the axis at which the source has the batch, or
/// <see cref="NoBatch"/> for what is computed from parameters alone; <paramref name="Fact"/> is the program's shape.
/// </summary>
public sealed record Placed(Fact Fact, int Batch)
{
    public const int NoBatch = -1;

    /// <summary>A value whose batch is first, as everywhere in the program.</summary>
    public static Placed First(Fact fact) => new(fact, 0);

    /// <summary>The number of axes, the same in source and program; null while it is not known.</summary>
    public int? Rank => Fact.IsKnown ? Fact.Rank : null;

    /// <summary>The sizes in the source's order, -1 for what is not known; null while not even the rank is.</summary>
    public Seq<int>? Source => !Fact.IsKnown ? null : Batch <= 0 ? Fact.Shape
        : Fact.Shape.Skip(1).Take(Batch).Append(Fact.Shape[0]).Concat(Fact.Shape.Skip(Batch + 1)).ToSeq();

    /// <summary>The size of an axis of the source; null where it is not known or is the batch.</summary>
    public int? Size(int axis) => Source is { } sizes && axis >= 0 && axis < sizes.Count && axis != Batch && sizes[axis] >= 0 ? sizes[axis] : null;

    /// <summary>An axis of the source counted from the start; null where that needs a rank that is not known, or there is no such axis.</summary>
    public int? Counted(int axis) => axis >= 0 ? axis : axis + Rank is >= 0 and var counted ? counted : null;

    /// <summary>
    /// The program's number of an axis of the source, as it is where the batch is first. What has no batch gets an axis of one in front of its own, where movements have the batch. Null where it cannot be said.
    /// </summary>
    public int? Axis(int axis) => Batch == 0 || (Batch == NoBatch && axis < 0) ? axis : Counted(axis) is not { } counted ? null
        : counted == Batch ? 0 : counted < Batch || Batch == NoBatch ? counted + 1 : counted;

    /// <summary>Arguments with the program's numbers for the axes in those of these names; null where one cannot be said or is the batch.</summary>
    public AttributeMap? Renumbered(AttributeMap arguments, Seq<string> names)
    {
        var renumbered = new Dictionary<string, Value>();
        foreach (var argument in arguments)
        {
            var value = names.Contains(argument.Key) ? Renumbered(argument.Value) : argument.Value;
            if (value is null)
            {
                return null;
            }

            renumbered[argument.Key] = value;
        }

        return new(renumbered);
    }

    private Value? Renumbered(Value axes) => axes switch
    {
        Value.Integer { Number: >= -100 and <= 100 and var axis } => Axis((int)axis) is { } own && (own != 0 || Batch == 0) ? own : null,
        Value.Items items when items.Elements.Select(Renumbered).ToArray() is var own && own.All(static a => a is not null) => new Value.Items(new(own!)),
        _ => Batch == 0 ? axes : null,
    };
}
