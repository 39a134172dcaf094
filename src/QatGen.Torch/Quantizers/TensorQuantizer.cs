using System.Runtime.InteropServices;
using QatGen.Arithmetic;
using QatGen.Primitives;
using QatGen.Torch.Functions;
using QatGen.Torch.Modules;
using static TorchSharp.torch;

namespace QatGen.Torch.Quantizers;

/// <summary>The one scale of a parameter or buffer that the program computes with; it follows the tensor while training. Its buffer is <c>scale</c>, 0 before the first refresh.</summary>
public sealed class TensorQuantizer : QatPart
{
    private readonly Tensor scale = zeros(1).DetachFromDisposeScope();

    internal TensorQuantizer(string layer, DType type) : base(nameof(TensorQuantizer), layer)
    {
        DType = type;
        RegisterComponents();
    }

    /// <summary>The type of the integers.</summary>
    public DType DType { get; }

    /// <summary>The real value of one step.</summary>
    public float Scale => Buffer;

    private ref float Buffer => ref MemoryMarshal.Cast<byte, float>(scale.bytes)[0];

    /// <summary>Sets the scale from the tensor (NUMERICS section 2); NaN and infinity are errors that name it.</summary>
    internal void Refresh(Tensor value)
    {
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        var (min, max) = aminmax(value.detach());
        var (low, high) = (min.item<float>(), max.item<float>());
        Buffer = float.IsFinite(low) && float.IsFinite(high) ? Quantization.Scale(low, high, DType) : throw QatGenException.Of(QuantizationRules.NotANumber, Layer, $"'{Layer}'");
    }

    /// <summary>Integers in float32, with the gradient of x / scale.</summary>
    internal Tensor Quantize(Tensor value) => QuantizeFunction.Run(value.contiguous(), [Buffer], new(DType, Saturate: false));

    /// <summary>The integers at the present scale.</summary>
    internal TensorConstant Constant(Tensor value)
    {
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        var shape = value.shape.Length == 0 ? new Seq<int>(1) : value.shape.Select(static d => (int)d).ToSeq();
        return new(shape, DType, Quantize(value).data<float>().ToArray().Select(static v => (int)v).ToSeq(), Buffer);
    }
}
