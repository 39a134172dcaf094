using QatGen.Arithmetic;
using static TorchSharp.torch;

namespace QatGen.Torch.Modules;

/// <summary>Where integers become reals: (float)(q * scale), the product in double (NUMERICS section 7). Positions and comparisons become int64 and bool, as in the float model.</summary>
public static class DeQuantStub
{
    /// <summary>The reals of an activation, with the gradient of the multiplication.</summary>
    public static Tensor Dequantize(QatValue value)
    {
        var activation = (QatValue.Activation)value;
        if (activation.Quantity is not { } quantity)
        {
            return activation.Data.to(activation.FloatType);
        }

        var scales = tensor(Enumerable.Range(0, quantity.Count).Select(quantity.Step).ToArray());
        long[] frame = quantity.Lanes == LaneKind.Element ? activation.Data.shape[1..] : [quantity.Count, .. activation.Data.shape.Skip(2).Select(static _ => 1L)];
        var steps = quantity.Count == 1 ? scales : scales.reshape([1, .. frame]);
        return (activation.Data.to(ScalarType.Float64) * steps).to(activation.FloatType);
    }
}
