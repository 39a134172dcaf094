using System.Runtime.InteropServices;
using QatGen.Arithmetic;
using QatGen.Primitives;
using QatGen.Torch.Functions;
using static TorchSharp.torch;

namespace QatGen.Torch.Quantizers;

/// <summary>Quantizes weights [O, ...] and bias [O] per output channel; its buffer <c>scale</c> [O] follows the weights while training and is frozen in VALIDATION.</summary>
public sealed unsafe class WeightQuantizer : nn.Module
{
    private const int LargestCoarsening = 1 << 4;

    private readonly Tensor scale;
    private readonly string _layer;
    private double _inputScale;

    public WeightQuantizer(string layer, long channels) : base(nameof(WeightQuantizer))
    {
        (_layer, scale) = (layer, zeros(channels).DetachFromDisposeScope());
        RegisterComponents();
    }

    /// <summary>The scale of each output channel; 0 before the first refresh.</summary>
    public float[] Scales => Buffer.ToArray();

    /// <summary>The bits left to the weights of the worst channel: 8 unless sums had to be kept within int32 (NUMERICS section 2).</summary>
    public int Bits { get; private set; } = 8;

    private Span<float> Buffer => MemoryMarshal.Cast<byte, float>(scale.bytes);

    /// <summary>
    /// Sets the scales from the current weights for an input (NUMERICS section 2): the one method behind training, VALIDATION and conversion.
    /// NaN, and sums that leave fewer than 4 bits, are errors that name the layer.
    /// </summary>
    internal void Refresh(Tensor weight, Tensor bias, Quantity input)
    {
        float* weights = RawTensor.Floats(weight), biases = RawTensor.Floats(bias);
        var length = (int)(weight.numel() / Buffer.Length);
        var coarsest = 1;
        for (var c = 0; c < Buffer.Length; c++)
        {
            var row = weights + ((long)c * length);
            var largest = MagnitudeLoop.Largest(row, length);
            if (!float.IsFinite(largest) || !float.IsFinite(biases[c]))
            {
                throw NotANumber();
            }

            var fine = Quantization.WeightScale(largest, biases[c], input.Scales[0]);
            var factor = Coarsening(new(row, length), biases[c], fine, input, c);
            (Buffer[c], coarsest) = (fine * factor, Math.Max(coarsest, factor));
        }

        Bits = 8 - int.Log2(coarsest);
    }

    /// <summary>int8 weights in a float32 tensor and int32 biases in a float64 one, with gradients that pass straight through, and what is known of their sums with an input.</summary>
    internal (Tensor Weight, Tensor Bias, Quantity Sum) Quantize(Tensor weight, Tensor bias, Quantity input)
    {
        _inputScale = input.Scales[0];
        var (weights, biases) = (Weights(weight), Biases(bias));
        var w = RawTensor.Floats(weights);
        var b = RawTensor.Doubles(biases);
        var (steps, bounds) = (Steps(), new long[Buffer.Length]);
        var length = (int)(weights.numel() / bounds.Length);
        for (var c = 0; c < bounds.Length; c++)
        {
            var bound = Bound(MagnitudeLoop.Sum(w + ((long)c * length), length), b[c], input);
            bounds[c] = double.IsNaN(bound) ? throw NotANumber() : bound > int.MaxValue ? throw Overflow(c, bound) : (long)bound;
        }

        return (weights, biases, new(LaneKind.Channel, new(steps), Enumerable.Repeat(1, steps.Length).ToSeq(), new(bounds), Seq<int>.Empty));
    }

    /// <summary>The integers of the weights at the present scales.</summary>
    internal WeightConstant WeightConstant(Tensor weight)
    {
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        var integers = Weights(weight);
        return new(integers.shape.Select(static d => (int)d).ToSeq(), integers.data<float>().ToArray().Select(static v => (sbyte)v).ToSeq());
    }

    /// <summary>The integers of the biases at the present scales and the input scale of the last pass.</summary>
    internal BiasConstant BiasConstant(Tensor bias)
    {
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        return new(Biases(bias).data<double>().ToArray().Select(static v => (int)v).ToSeq());
    }

    private Tensor Weights(Tensor weight) => QuantizeFunction.Run(weight, [.. Scales.Select(static s => (double)s)], DType.QInt8.Min(), DType.QInt8.Max(), masked: false);

    private Tensor Biases(Tensor bias) => BiasFunction.Run(bias, Steps());

    private double[] Steps() => [.. Scales.Select(s => _inputScale * s)];

    /// <summary>The smallest power of two by which a channel's scale must grow so that its sums fit int32.</summary>
    private int Coarsening(ReadOnlySpan<float> row, float bias, float fine, Quantity input, int channel)
    {
        // Hardly ever needed for int8 inputs, so the sum of magnitudes is only computed where the worst case does not fit.
        var worst = Bound(-(long)row.Length * DType.QInt8.Min(), 1L << 28, input);
        for (var factor = 1; worst > int.MaxValue; factor *= 2)
        {
            var biasSteps = Quantization.Quantize(bias, input.Scales[0] * (fine * factor), DType.QInt32);
            var bound = Bound(Magnitude(row, fine * factor), biasSteps, input);
            if (bound <= int.MaxValue)
            {
                return factor;
            }

            if (factor == LargestCoarsening)
            {
                throw Overflow(channel, bound);
            }
        }

        return 1;
    }

    private QatGenException NotANumber() => QatGenException.Of(QuantizationRules.NotANumber, _layer, $"the weight or bias of '{_layer}'");

    private QatGenException Overflow(int channel, double bound) => QatGenException.Of(QuantizationRules.Overflow, _layer, $"{channel}", $"{bound}");

    /// <summary>sum |q_w| * max |q_x| + |q_b| (NUMERICS section 4).</summary>
    private static double Bound(double magnitude, double bias, Quantity input) => (magnitude * input.Bounds[0]) + Math.Abs(bias);

    private static long Magnitude(ReadOnlySpan<float> row, float scale)
    {
        long sum = 0;
        foreach (var w in row)
        {
            sum += Math.Abs(Quantization.Quantize(w, scale));
        }

        return sum;
    }
}
