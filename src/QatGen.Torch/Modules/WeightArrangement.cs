using QatGen.Arithmetic;
using QatGen.Operators;
using QatGen.Primitives;
using static TorchSharp.torch;

namespace QatGen.Torch.Modules;

/// <summary>Makes the program's weights and biases of a module's own by a <see cref="WeightLayout"/>, with gradients: an element that several taps read gets the sum of theirs.</summary>
internal sealed class WeightArrangement
{
    private readonly int[] _elements;
    private readonly int[] _channels;
    private readonly long[] _shape;
    private readonly Tensor _elementIndex;
    private readonly Tensor _channelIndex;
    private readonly WeightLayout _layout;
    private readonly long _outputs;

    /// <summary>For weights [O, I / groups, ...].</summary>
    public WeightArrangement(WeightLayout layout, Tensor weight)
    {
        var (outputs, inputs) = ((int)weight.shape[0], (int)weight.shape[1]);
        (_layout, _outputs) = (layout, outputs);
        (_elements, _channels) = (layout.Elements(outputs, inputs), layout.Channels(outputs));
        _shape = [.. layout.Shape(outputs, inputs).Select(static d => (long)d)];

        // Where there is no weight, a zero behind the last one is read.
        var zero = weight.numel();
        _elementIndex = tensor(_elements.Select(e => e < 0 ? zero : e).ToArray()).DetachFromDisposeScope();
        _channelIndex = tensor(_channels.Select(static c => (long)c).ToArray()).DetachFromDisposeScope();
    }

    public Tensor Weights(Tensor weight) => cat([weight.reshape(-1), zeros(1, weight.dtype)]).index_select(0, _elementIndex).reshape(_shape);

    public Tensor Biases(Tensor bias) => bias.index_select(0, _channelIndex);

    /// <summary>What is known of the rows: what is known of their channels, whose taps are more than those of a phase.</summary>
    public Quantity Rows(Quantity sum) => sum.Picked(_channels);

    public WeightConstant Rows(WeightConstant weight) => new(_shape.Select(static d => (int)d).ToSeq(), _elements.Select(e => e < 0 ? (sbyte)0 : weight.Values[e]).ToSeq());

    public BiasConstant Rows(BiasConstant bias) => new(_channels.Select(c => bias.Values[c]).ToSeq());

    /// <summary>
    /// Runs what looks at the values of each channel on sums [N, rows, ...]: without an arrangement on themselves, else on [N, O, values], with the phases of each channel side by side and without the
    /// values that are cut away afterwards, which stay 0.
    /// </summary>
    public static Tensor OnChannels(WeightArrangement? arrangement, Tensor sums, Func<Tensor, Tensor> run) => arrangement is null ? run(sums) : arrangement.OnChannels(sums, run);

    private Tensor OnChannels(Tensor sums, Func<Tensor, Tensor> run)
    {
        // Rows are (group, phase, output of the group).
        var (batch, groups, phases) = (sums.shape[0], (long)_layout.Groups, (long)_layout.Phases);
        var channels = sums.reshape(batch, groups, phases, _outputs / groups, -1).transpose(2, 3).reshape(batch, _outputs, -1);
        var kept = tensor(Kept(sums.shape[2..]));
        var result = zeros_like(channels).index_copy(2, kept, run(channels.index_select(2, kept)));
        return result.reshape(batch, groups, _outputs / groups, phases, -1).transpose(2, 3).reshape(sums.shape);
    }

    /// <summary>Of the values of a channel, (phase, place on the map), those that are not cut away.</summary>
    private long[] Kept(long[] map)
    {
        var places = (int)map.Aggregate(1L, static (n, d) => n * d);
        return [.. Enumerable.Range(0, _layout.Phases * places).Where(v => IsKept(v / places, v % places)).Select(static v => (long)v)];

        bool IsKept(int phase, int place)
        {
            for (var axis = _layout.Axes.Count - 1; axis >= 0; axis--)
            {
                // The last axis changes fastest, in phases and on the map; a row's map has one axis more.
                var (a, size) = (_layout.Axes[axis], (int)map[map.Length - _layout.Axes.Count + axis]);
                var at = (place % size * a.Phases) + (phase % a.Phases);
                if (at < a.CutStart || at >= (size * a.Phases) - a.CutEnd)
                {
                    return false;
                }

                (place, phase) = (place / size, phase / a.Phases);
            }

            return true;
        }
    }
}
