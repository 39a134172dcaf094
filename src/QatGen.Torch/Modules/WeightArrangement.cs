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

    /// <summary>For weights [O, I / groups, ...].</summary>
    public WeightArrangement(WeightLayout layout, Tensor weight)
    {
        var (outputs, inputs) = ((int)weight.shape[0], (int)weight.shape[1]);
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
}
