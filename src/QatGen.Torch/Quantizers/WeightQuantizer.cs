using System.Runtime.InteropServices;
using QatGen.Arithmetic;
using QatGen.Primitives;
using QatGen.Torch.Functions;
using QatGen.Torch.Modules;
using QatGen.Torch.Observers;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace QatGen.Torch.Quantizers;

/// <summary>
/// Quantizes weights [O, ...] and bias [O] per output channel; its state <c>scale</c> [O] follows the weights while training and is frozen in VALIDATION. Where it is learned (LSQ) it is a parameter;
/// where ranges are averaged, <c>absmax</c> [O] holds them; where they were frozen, <c>frozen</c> [O] does, with 0 for a channel whose scale follows its weights.
/// </summary>
public sealed unsafe partial class WeightQuantizer : QatPart
{
    private const int FewestBits = 4;

    private readonly Tensor _scale;
    private readonly Tensor? _absmax;
    private readonly Parameter? _learned;
    private WeightQuantization _settings;
    private Observer _observer;
    private readonly float[] _scales;
    private double _inputScale;

    internal WeightQuantizer(string layer, long channels, WeightQuantization settings) : base(nameof(WeightQuantizer), layer)
    {
        (_settings, _observer, _scales, Bits) = (settings, settings.Observer.Create(1, settings.Range), new float[channels], settings.Range.Bits);
        _scale = zeros(channels).DetachFromDisposeScope();
        if (settings.IsLearned)
        {
            _scale = _learned = new Parameter(_scale);
            _learned.DetachFromDisposeScope();
            register_parameter("scale", _learned);
            return;
        }

        register_buffer("scale", _scale);
        if (settings.AveragingConstant != 1 && !settings.IsFixed)
        {
            _absmax = zeros(channels).DetachFromDisposeScope();
            register_buffer("absmax", _absmax);
        }
    }

    /// <summary>The scale of each output channel, 0 before the first pass; of a learned one what the last pass computed with, which can be coarser (NUMERICS section 2).</summary>
    public float[] Scales => _learned is not null && _scales[0] > 0 ? [.. _scales] : Values(_scale).ToArray();

    /// <summary>The bits left to the weights of the worst channel: those configured unless sums had to be kept within int32 (NUMERICS section 2).</summary>
    public int Bits { get; private set; }

    internal WeightQuantization Settings => _settings;

    /// <summary>
    /// Sets the scales from the current weights for an input (NUMERICS section 2): the one method behind training, VALIDATION and conversion; averages move in training only.
    /// NaN, and sums that leave fewer than 4 bits, are errors that name the layer.
    /// </summary>
    internal void Refresh(Tensor weight, Tensor bias, Quantity input, bool training)
    {
        float* weights = RawTensor.Floats(weight), biases = RawTensor.Floats(bias);
        var length = (int)(weight.numel() / _scales.Length);
        var (coarsest, largest) = (1, new float[_scales.Length]);
        RawTensor.ForRows(largest.Length, length, c => largest[c] = MagnitudeLoop.Largest(weights + ((long)c * length), length));
        for (var c = 0; c < _scales.Length; c++)
        {
            if (!float.IsFinite(largest[c]) || !float.IsFinite(biases[c]))
            {
                throw NotANumber();
            }

            var row = weights + ((long)c * length);
            var fine = Quantization.WeightScale(Fitting(c, row, length, largest[c], training), biases[c], input.Scales[0]);
            var factor = Coarsening(new(row, length), biases[c], fine, input, c);
            (_scales[c], coarsest) = (fine * factor, Math.Max(coarsest, factor));
        }

        Bits = _settings.Range.Bits - int.Log2(coarsest);
        if (_learned is null)
        {
            _scales.CopyTo(Values(_scale));
        }
    }

    /// <summary>
    /// int8 weights in a float32 tensor and int32 biases in a float64 one, with gradients that pass straight through, and what is known of their sums with an input. With <paramref name="sumsAreReal"/> the weights are
    /// multiplied by the steps of the sums.
    /// </summary>
    internal (Tensor Weight, Tensor Bias, Quantity Sum) Quantize(Tensor weight, Tensor bias, Quantity input, bool sumsAreReal = false)
    {
        _inputScale = input.Scales[0];
        var magnitudes = new double[_scales.Length];
        var (weights, biases) = (Weights(weight, magnitudes, sumsAreReal ? Steps() : null), Biases(bias));
        var b = RawTensor.Doubles(biases);
        var (steps, bounds) = (Steps(), new long[_scales.Length]);
        for (var c = 0; c < bounds.Length; c++)
        {
            var bound = Bound(magnitudes[c], b[c], input);
            bounds[c] = double.IsNaN(bound) ? throw NotANumber() : bound > int.MaxValue ? throw Overflow(c, bound) : (long)bound;
        }

        LargestSum = bounds.Max();
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

    /// <summary>Nothing: what is registered depends on the settings.</summary>
    protected override void RegisterComponents()
    {
    }

    private Tensor Weights(Tensor weight, double[]? magnitudes = null, double[]? units = null)
    {
        var factor = _learned is not null && _settings.UseGradScaling ? 1 / Math.Sqrt(weight.numel() / _scales.Length * (double)_settings.Range.High) : 1;
        var kind = _learned is null ? FakeQuantKind.Statistical : FakeQuantKind.Lsq;
        return QuantizeFunction.Run(weight, [.. Scales.Select(static s => (double)s)], new(_settings.Range, _settings.Saturate && (IsFrozen || !_settings.Follows), kind, _learned, factor), magnitudes, units);
    }

    private Tensor Biases(Tensor bias) => BiasFunction.Run(bias, Steps());

    private double[] Steps() => [.. Scales.Select(s => _inputScale * s)];

    /// <summary>The scale that fits a channel's weights.</summary>
    private float Fitting(int channel, float* row, int length, float largest, bool training)
    {
        if (_settings.Observer is ObserverSettings.FixedScale fix)
        {
            return (float)fix.Scale;
        }

        if (_learned is not null)
        {
            ref var scale = ref Values(_scale)[channel];
            scale = float.IsFinite(scale) ? Math.Max(scale == 0 ? Quantization.Scale(0, Observed(row, length, largest), _settings.Range) : scale, Quantization.SmallestScale) : throw NotANumber();
            return scale;
        }

        if (_frozen is not null && Values(_frozen)[channel] > 0)
        {
            return Quantization.Scale(0, Values(_frozen)[channel], _settings.Range);
        }

        if (_absmax is null)
        {
            return Quantization.Scale(0, Observed(row, length, largest), _settings.Range);
        }

        ref var kept = ref Values(_absmax)[channel];
        if (kept == 0)
        {
            kept = Observed(row, length, largest);
        }
        else if (training && _settings.AveragingConstant > 0)
        {
            kept += (float)_settings.AveragingConstant * (Observed(row, length, largest) - kept);
        }

        return Quantization.Scale(0, kept, _settings.Range);
    }

    /// <summary>The largest magnitude that the observer finds worth representing.</summary>
    private float Observed(float* row, int length, float largest)
    {
        if (!_observer.NeedsData)
        {
            var (least, most) = _observer.Represented(row, length, -largest, largest);
            return Math.Max(-least, most);
        }

        var (min, max) = ValueLoop.Range(row, length);
        (min, max) = _observer.Represented(row, length, min, max);
        return Math.Max(-min, max);
    }

    /// <summary>The smallest power of two by which a channel's scale must grow so that its sums fit int32.</summary>
    private int Coarsening(ReadOnlySpan<float> row, float bias, float fine, Quantity input, int channel)
    {
        // Hardly ever needed for int8 inputs, so the sum of magnitudes is only computed where the worst case does not fit.
        var worst = Bound(-(long)row.Length * _settings.Range.Low, 1L << 28, input);
        for (var factor = 1; worst > int.MaxValue; factor *= 2)
        {
            var biasSteps = Quantization.Quantize(bias, input.Scales[0] * (fine * factor), DType.QInt32);
            var bound = Bound(Magnitude(row, fine * factor), biasSteps, input);
            if (bound <= int.MaxValue)
            {
                return factor;
            }

            if (factor >= 1 << Math.Max(0, _settings.Range.Bits - FewestBits))
            {
                throw Overflow(channel, bound);
            }
        }

        return 1;
    }

    private QatGenException NotANumber() => QatGenException.Of(QuantizationRules.NotANumber, Layer, $"the weight or bias of '{Layer}'");

    private QatGenException Overflow(int channel, double bound) => QatGenException.Of(QuantizationRules.Overflow, Layer, $"{channel}", $"{bound}");

    /// <summary>sum |q_w| * max |q_x| + |q_b| (NUMERICS section 4).</summary>
    private static double Bound(double magnitude, double bias, Quantity input) => (magnitude * input.Bounds[0]) + Math.Abs(bias);

    private long Magnitude(ReadOnlySpan<float> row, float scale)
    {
        long sum = 0;
        foreach (var w in row)
        {
            sum += Math.Abs(Quantization.Quantize(w, scale, _settings.Range.Low, _settings.Range.High));
        }

        return sum;
    }

    private static Span<float> Values(Tensor buffer) => MemoryMarshal.Cast<byte, float>(buffer.bytes);
}
