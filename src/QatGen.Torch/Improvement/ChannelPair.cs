using QatGen.Torch.Modules;
using static TorchSharp.torch;

namespace QatGen.Torch.Improvement;

/// <summary>
/// Two layers of which the second reads nothing but channels of the first: <paramref name="sources"/> says for each input channel of the second the channel of the first, or -1 where there is none. The results of
/// the nodes in <paramref name="between"/> change with the channels.
/// </summary>
internal sealed class ChannelPair(QatNode first, QatNode second, int[] sources, int groups, IReadOnlyList<QatNode> between)
{
    // A channel whose weights are smaller against the largest makes a constant, which no scale can make useful.
    private const double Negligible = 1.0 / (1 << 20);

    private readonly double[] _factors = [.. Enumerable.Repeat(1.0, (int)first.Weight!.shape[0])];

    public QatNode First => first;

    public QatNode Second => second;

    /// <summary>What the weights that read each channel were multiplied by, and the channel divided by, so far.</summary>
    public IReadOnlyList<double> Factors => _factors;

    /// <summary>The largest magnitude of the weights that make each channel.</summary>
    public double[] Made => Largest(first.Folded.Weight.flatten(1), 1);

    /// <summary>The largest magnitude of the weights that read each channel; 0 where none do.</summary>
    public double[] Read
    {
        get
        {
            var weight = second.Folded.Weight;
            var inputs = Largest(weight.reshape(groups, weight.shape[0] / groups, weight.shape[1], -1), 1, 3);
            var largest = new double[_factors.Length];
            foreach (var (source, range) in sources.Zip(inputs).Where(static i => i.First >= 0))
            {
                largest[source] = Math.Max(largest[source], range);
            }

            return largest;
        }
    }

    /// <summary>Makes both ranges of each channel equal; gives how much the channel that changed most changed.</summary>
    public double Equalize()
    {
        using var scope = NewDisposeScope();
        var (made, read) = (Made, Read);
        var (leastMade, leastRead) = (made.Max() * Negligible, read.Max() * Negligible);
        double[] factors = [.. made.Zip(read, (m, r) => m > leastMade && r > leastRead ? Math.Sqrt(m * r) / r : 1)];
        first.ScaleOutputs(tensor(factors.Select(static f => 1 / f).ToArray()));
        second.ScaleInputs(tensor(sources.Select(s => s < 0 ? 1 : factors[s]).ToArray()), groups);
        for (var c = 0; c < factors.Length; c++)
        {
            _factors[c] *= factors[c];
        }

        return factors.Max(Equalization.Magnitude);
    }

    /// <summary>Makes the quantizers of what has changed forget what they saw.</summary>
    public void Forget()
    {
        if (_factors.Any(static f => f != 1))
        {
            first.WeightQuantizer!.Forget();
            second.WeightQuantizer!.Forget();
            foreach (var node in between)
            {
                node.OutputQuantizer?.Forget();
            }
        }
    }

    private static double[] Largest(Tensor weight, params long[] axes) => weight.abs().amax(axes).reshape(-1).to(ScalarType.Float64).data<double>().ToArray();
}
