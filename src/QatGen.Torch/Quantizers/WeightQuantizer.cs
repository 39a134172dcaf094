using System.Runtime.InteropServices;
using QatGen.Arithmetic;
using QatGen.Torch.Functions;
using static TorchSharp.torch;

namespace QatGen.Torch.Quantizers;

/// <summary>Quantizes weights [O, ...] and bias [O] per output channel; its buffer <c>scale</c> [O] follows the weights while training and is frozen in VALIDATION.</summary>
public sealed class WeightQuantizer : nn.Module
{
    private readonly Tensor scale;
    private readonly string _layer;

    public WeightQuantizer(string layer, long channels) : base(nameof(WeightQuantizer))
    {
        (_layer, scale) = (layer, zeros(channels).DetachFromDisposeScope());
        RegisterComponents();
    }

    /// <summary>The scale of each output channel; 0 before the first refresh.</summary>
    public float[] Scales => Buffer.ToArray();

    private Span<float> Buffer => MemoryMarshal.Cast<byte, float>(scale.bytes);

    /// <summary>
    /// Sets the scales from the current weights for inputs of scale <paramref name="inputScale"/> (NUMERICS section 2): the one method behind training, VALIDATION and conversion. NaN is an error that names the layer.
    /// </summary>
    public void Refresh(Tensor weight, Tensor bias, double inputScale)
    {
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        var largest = weight.flatten(1).abs().amax([1]).data<float>().ToArray();
        var biases = bias.data<float>().ToArray();
        for (var c = 0; c < largest.Length; c++)
        {
            if (!float.IsFinite(largest[c]) || !float.IsFinite(biases[c]))
            {
                throw QatGenException.Of(QuantizationRules.NotANumber, _layer, $"the weight or bias of '{_layer}'");
            }

            Buffer[c] = Quantization.WeightScale(largest[c], biases[c], inputScale);
        }
    }

    /// <summary>int8 weights in a float32 tensor, with gradients that pass straight through.</summary>
    public Tensor Weight(Tensor weight) => QuantizeFunction.Run(weight, [.. Scales.Select(static s => (double)s)], DType.QInt8.Min(), DType.QInt8.Max(), masked: false);

    /// <summary>int32 biases at each channel's accumulator scale, in a float64 tensor.</summary>
    public Tensor Bias(Tensor bias, double inputScale) => BiasFunction.Run(bias, [.. Scales.Select(s => inputScale * s)]);
}
