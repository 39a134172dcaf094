using QatGen.Torch.Modules;
using static TorchSharp.torch;

namespace QatGen.Torch.Improvement;

/// <summary>
/// That each value of a tensor is proportional to one output channel of <paramref name="Node"/>, of which nothing else reads anything: its number, from 1 on, in <paramref name="Numbers"/> [1, ...]; 0 for
/// values that are always 0.
/// </summary>
internal sealed record ChannelTags(QatNode Node, Tensor Numbers)
{
    /// <summary>The nodes whose results depend on the scale of the channels: the first and those behind it so far.</summary>
    public IReadOnlyList<QatNode> Passed { get; init; } = [];

    /// <summary>The number of each channel [C] of axis 1; null where values of several are mixed in one.</summary>
    public Tensor? PerChannel()
    {
        var rows = Numbers.transpose(0, 1).flatten(1);
        var (least, most) = (where(rows.eq(Kept.Of(0)), rows.max(), rows).amin([1]), rows.amax([1]));
        return (most.eq(Kept.Of(0)) | least.eq(most)).all().item<bool>() ? most : null;
    }
}
