using QatGen.Arithmetic;
using static TorchSharp.torch;

namespace QatGen.Torch.Quantizers;

public sealed unsafe partial class WeightQuantizer
{
    /// <summary>The largest magnitude that a sum of the last rounded pass can reach.</summary>
    internal long LargestSum { get; private set; }

    /// <summary>What becomes of weights [O, ...] and biases [O] at the present scales.</summary>
    internal ConvertedLayer Report(string op, Tensor weight, Tensor bias)
    {
        using var scope = NewDisposeScope();
        var (scales, steps) = (Scales, Steps());
        var (weights, biases) = (weight.detach().to(ScalarType.Float64).contiguous().data<double>().ToArray(), bias.detach().to(ScalarType.Float64).data<double>().ToArray());
        var length = weights.Length / scales.Length;
        var (saturated, empty) = (0L, 0);
        for (var c = 0; c < scales.Length; c++)
        {
            var rounded = weights.AsSpan(c * length, length).ToArray().Select(w => Quantization.Round(w / scales[c])).ToArray();
            saturated += rounded.LongCount(q => q < _settings.Range.Low || q > _settings.Range.High);
            empty += rounded.All(static q => q == 0) ? 1 : 0;
        }

        var lost = biases.Where((b, c) => Quantization.Round(b / steps[c]) is < int.MinValue or > int.MaxValue).Count();
        return new(_layer, op, Bits, weights.Length, saturated, scales.Length, lost, empty, LargestSum);
    }
}
