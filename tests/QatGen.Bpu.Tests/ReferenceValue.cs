using QatGen.Primitives;

namespace QatGen.Bpu.Tests;

/// <summary>A tensor of integers in NCHW order, or a constant.</summary>
internal sealed record ReferenceValue(int[] Shape, int[] Data, DType Type, Constant? Constant = null)
{
    public static ReferenceValue Of(Constant constant) => new([], [], DType.QInt32, constant);

    public static ReferenceValue Of(QTensor x) => new([.. x.Shape], x.Data, x.DType);

    /// <summary>An element of a plane [H, W] of channel c; planes are the axes between the channels and the last two.</summary>
    public int this[int n, int c, int plane, int h, int w] => Data[(((((((n * Shape[1]) + c) * Planes) + plane) * Height) + h) * Width) + w];

    public int Height => Shape.Length > 3 ? Shape[^2] : 1;

    public int Width => Shape.Length > 2 ? Shape[^1] : 1;

    public int Planes => Shape.Skip(2).Aggregate(1, static (n, d) => n * d) / Height / Width;

    public bool Holds(int h, int w) => h >= 0 && w >= 0 && h < Height && w < Width;
}
