using QatGen.Primitives;

namespace QatGen.Kernels.Reference;

/// <summary>A value of the reference kernels: integers in NCHW order, or a constant.</summary>
internal abstract record ReferenceValue
{
    public sealed record Fixed(Constant Constant) : ReferenceValue;

    public sealed record Integers(int[] Shape, DType DType, int[] Data) : ReferenceValue
    {
        public Integers(int[] shape, DType type)
            : this(shape, type, new int[shape.Aggregate(1, static (n, d) => n * d)])
        {
        }

        /// <summary>Number of elements behind each channel (axis 1).</summary>
        public int Area => Shape.Skip(2).Aggregate(1, static (n, d) => n * d);
    }
}
