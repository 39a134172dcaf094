using QatGen.Kernels.Simd;
using QatGen.Primitives;

namespace QatGen.Kernels.Planning;

/// <summary>Constant tensors in memory of their own, in the layout of the values that they are combined with.</summary>
internal static unsafe class ConstantSlot
{
    /// <summary>
    /// A constant as an operand of a result of this shape: without batch, with all channels, and repeating over height and width where it is 1 there. From five dimensions on, where the last ones are one row,
    /// it has them all.
    /// </summary>
    public static Slot Create(TensorConstant constant, Seq<int> result)
    {
        var index = new RepeatedIndex(constant.Shape, result);
        var (height, width) = (result.Count > 3 ? result[2] : 1, result.Skip(result.Count > 3 ? 3 : 2).Aggregate(1, static (n, d) => n * d));
        (height, width) = (index.Repeats(2, result.Count > 3 ? 3 : 2) ? 1 : height, index.Repeats(result.Count > 3 ? 3 : 2, result.Count) ? 1 : width);
        var channels = result.Count > 1 ? result[1] : 1;
        var layout = new Layout(1, channels, height, width, constant.DType == DType.QInt32, default, MicroKernels.Padded(channels));
        var slot = new Slot(layout, new(layout.Bytes));
        var (strideY, whole) = (result.Skip(result.Count > 3 ? 3 : 2).Aggregate(1, static (n, d) => n * d), result.Skip(2).Aggregate(1, static (n, d) => n * d));
        for (var c = 0; c < channels; c++)
        {
            for (var pixel = 0; pixel < height * width; pixel++)
            {
                var (y, x) = (pixel / width, pixel % width);
                var value = constant.Values[index.Of((c * whole) + (y * strideY) + x)];
                var at = slot.Pixel(null, 0, y, x);
                if (layout.IsWide)
                {
                    ((int*)at)[c] = value;
                }
                else
                {
                    ((short*)at)[c] = (short)value;
                }
            }
        }

        return slot;
    }
}
