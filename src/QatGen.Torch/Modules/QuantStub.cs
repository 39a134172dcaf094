using QatGen.Arithmetic;
using QatGen.Torch.Functions;
using QatGen.Torch.Quantizers;
using static TorchSharp.torch;

namespace QatGen.Torch.Modules;

/// <summary>Where reals become integers: an input of the model, with an observed or a fixed scale. An input of positions, qint32, is int64 or int32 and stays as it is; a mask is bool, 0 and 1.</summary>
public sealed class QuantStub : QatPart
{
    private readonly OutputQuantizer output_quant;
    private readonly bool _isDeclared;

    internal QuantStub(string name, Seq<int> shape, (double Scale, DType DType) declared, bool isMask) : base(nameof(QuantStub), name)
    {
        (Name, Shape, _isDeclared, Declared, IsMask, output_quant) = (name, shape, shape.Count > 0, declared, isMask, new(name));
        RegisterComponents();
    }

    /// <summary>The parameter of <c>forward</c>.</summary>
    public string Name { get; }

    /// <summary>The NCHW shape given by [InputShape], else that of the last batch seen; empty before.</summary>
    public Seq<int> Shape { get; private set; }

    /// <summary>Finds and holds the scale of the input; of positions it is 1.</summary>
    public OutputQuantizer Quantizer => output_quant;

    /// <summary>What [Quantize] says: a fixed scale or 0, and the type.</summary>
    internal (double Scale, DType DType) Declared { get; }

    /// <summary>Whether the input says positions.</summary>
    internal bool IsIndex => Declared.DType == DType.QInt32;

    /// <summary>Whether nothing but masks reads the input.</summary>
    internal bool IsMask { get; }

    /// <summary>What the float model takes.</summary>
    internal ScalarType FloatType => IsIndex ? ScalarType.Int64 : IsMask ? ScalarType.Bool : ScalarType.Float32;

    /// <summary>Takes a batch [N, ...] into the program, as the state asks.</summary>
    internal QatValue Quantize(Tensor x, FakeQuantState state)
    {
        Check(x);
        var isReal = state is FakeQuantState.Float or FakeQuantState.Calibration;
        if (IsIndex)
        {
            return new QatValue.Activation(x.to(ScalarType.Float64), isReal ? null : Quantity.Of(1, DType.QInt32), DType.QInt32) { FloatType = FloatType };
        }

        if (IsMask)
        {
            return new QatValue.Activation(x.to(ScalarType.Float32), isReal ? null : Quantity.Of(output_quant.CalibratedScale, output_quant.DType), output_quant.DType) { FloatType = FloatType };
        }

        if (state == FakeQuantState.Calibration || output_quant.ObservesIn(state))
        {
            output_quant.Observe(x.detach());
        }
        else if (state != FakeQuantState.Float && x.detach().isnan().any().item<bool>())
        {
            throw QatGenException.Of(QuantizationRules.NotANumber, Name, $"input '{Name}'");
        }

        if (isReal)
        {
            return new QatValue.Activation(x, null);
        }

        var (scale, type) = (output_quant.CalibratedScale, output_quant.DType);
        return new QatValue.Activation(QuantizeFunction.Run(x, [scale], output_quant.Rounding(x.numel())), Quantity.Of(scale, type), type);
    }

    private void Check(Tensor x)
    {
        var shape = x.shape.Select(static d => (int)d).ToArray();
        if (IsMask != (x.dtype == ScalarType.Bool))
        {
            throw QatGenException.Of(IsMask ? QuantizationRules.MaskType : QuantizationRules.NotAMask, Name, Name, x.dtype.ToString());
        }

        if (x.dtype != FloatType && !(IsIndex && x.dtype == ScalarType.Int32))
        {
            throw QatGenException.Of(TrainingRules.TensorType, Name, Name, x.dtype.ToString(), FloatType.ToString());
        }

        var fits = shape.Length > 0 && Array.TrueForAll(shape, static d => d > 0) && (!_isDeclared || (shape.Length == Shape.Count && shape.Skip(1).SequenceEqual(Shape.Skip(1))));
        if (!fits)
        {
            throw QatGenException.Of(ShapeRules.InputShape, Name, new Seq<int>(shape).ToString(), _isDeclared ? Shape.ToString() : "at least one frame [N, ...]");
        }

        Shape = new([1, .. shape.Skip(1)]);
    }
}
