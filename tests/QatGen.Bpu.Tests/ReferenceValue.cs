using QatGen.Primitives;

namespace QatGen.Bpu.Tests;

/// <summary>A tensor of integers in NCHW order, or a constant.</summary>
internal sealed record ReferenceValue(int[] Shape, int[] Data, DType Type, Constant? Constant = null)
{
    public static ReferenceValue Of(Constant constant) => new([], [], DType.QInt32, constant);

    public static ReferenceValue Of(QTensor x) => new([.. x.Shape], x.Data, x.DType);

    public int this[int n, int c, int h, int w] => Data[(((((n * Shape[1]) + c) * Shape[2]) + h) * Shape[3]) + w];

    public bool Holds(int h, int w) => h >= 0 && w >= 0 && h < Shape[2] && w < Shape[3];
}
