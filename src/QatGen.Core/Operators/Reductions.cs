using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>The sum along axes: in int32 before it is rescaled.</summary>
internal sealed class Sum() : ReductionOperator("Sum", "sum", ReduceKind.Sum)
{
    public override bool OwnsScale => true;

    /// <summary>The manual lists qint32 for BERNOULLI2 alone.</summary>
    public override bool StaysInt32(Node node, March march) => march == March.Bernoulli2;

    public override Seq<ConstantRole> Constants(Node node) => new(ConstantRole.Rescale(node));

    protected override Seq<string> AxisNames => new("dim", "dim0", "dim1", "dim2");
}

/// <summary>The mean along axes: the sum, with their count in the multiplier.</summary>
internal sealed class Mean() : ReductionOperator("Mean", "mean", ReduceKind.Mean)
{
    public override bool OwnsScale => true;

    public override Seq<ConstantRole> Constants(Node node) => new(ConstantRole.Rescale(node));

    protected override string AxisName => "dimensions";
}

/// <summary>The largest along axes; keeps the scale.</summary>
internal sealed class AMax() : ReductionOperator("AMax", "amax", ReduceKind.Maximum)
{
    protected override string AxisName => "dims";
}

/// <summary>The smallest along axes; keeps the scale.</summary>
internal sealed class AMin() : ReductionOperator("AMin", "amin", ReduceKind.Minimum)
{
    protected override string AxisName => "dims";
}
