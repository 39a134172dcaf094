using QatGen.Arithmetic;
using static TorchSharp.torch;

namespace QatGen.Torch.Quantizers;

public sealed unsafe partial class WeightQuantizer
{
    /// <summary>The largest magnitude that a sum of the last rounded pass can reach.</summary>
    internal long LargestSum { get; private set; }

    /// <summary>What becomes of weights [O, ...] at the present scales.</summary>
    internal ConvertedLayer Report(string op, Tensor weight)
    {
        // The largest weight of a scale that fits is half a step beyond the last integer, and a little more in float32.
        const double Beyond = 0.5 + (1.0 / 1024);
        using var scope = NewDisposeScope();
        var (scales, weights) = (Scales, weight.detach().contiguous().data<float>().ToArray());
        var length = weights.Length / scales.Length;
        var (saturated, empty) = (0L, 0);
        foreach (var (scale, row) in scales.Zip(weights.Chunk(length)))
        {
            var steps = Array.ConvertAll(row, w => (double)w / scale);
            saturated += steps.LongCount(v => v < _settings.Range.Low - Beyond || v > _settings.Range.High + Beyond);
            empty += Array.TrueForAll(steps, static v => Quantization.Round(v) == 0) ? 1 : 0;
        }

        return new(Layer, op, Bits, weights.Length, saturated, scales.Length, empty, LargestSum);
    }
}
