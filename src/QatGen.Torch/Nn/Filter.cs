using static TorchSharp.torch;

namespace QatGen.Torch.Nn;

/// <summary>
/// The pixels at which the largest channel of a map of scores is largest, and what this and other maps have there. For maps [N, C, H, W] of one height and width the results are, the largest first: the values [N, capacity],
/// their channels [N, capacity] (int64, counted from the first that is compared), the places row * W + column [N, capacity] (int64), and for each map its channels there [N, capacity, C].
/// <para>How many pixels reach a threshold depends on the data, and a compiled program has results of one size: it gives the <c>capacity</c> best, and <see cref="Pixels"/> cuts those below the threshold.
/// Of equal values the integer program takes the lower place first; torch leaves that open.</para>
/// </summary>
public sealed class Filter : nn.Module<Tensor[], Tensor[]>
{
    private readonly double _threshold;
    private readonly int _capacity;
    private readonly (int Start, int End)? _idxRange;

    /// <summary>Pixels whose largest channel is at least <paramref name="threshold"/>, at most <paramref name="capacity"/> of each frame. Of the scores, the channels of <paramref name="idxRange"/> (its end is not among them) are compared; null for all.</summary>
    public Filter(double threshold, int capacity, (int Start, int End)? idxRange = null) : base(nameof(Filter))
    {
        ArgumentOutOfRangeException.ThrowIfEqual(double.IsNaN(threshold), true, nameof(threshold));
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfEqual(idxRange is { } range && (range.Start < 0 || range.End <= range.Start), true, nameof(idxRange));
        (_threshold, _capacity, _idxRange) = (threshold, capacity, idxRange);
    }

    /// <inheritdoc/>
    public override Tensor[] forward(Tensor[] maps)
    {
        if (maps.Length == 0 || maps.FirstOrDefault(m => m.shape.Length != 4 || m.shape[0] != maps[0].shape[0] || !m.shape[2..].SequenceEqual(maps[0].shape[2..])) is not null)
        {
            throw QatGenException.Of(
                ShapeRules.LayerInput, nameof(Filter), string.Join(" and ", maps.Select(static m => $"[{string.Join(", ", m.shape)}]")), "it takes maps [N, C, H, W] of one batch, height and width");
        }

        if (_idxRange is { } range && range.End > maps[0].shape[1])
        {
            throw QatGenException.Of(ShapeRules.LayerInput, nameof(Filter), $"[{string.Join(", ", maps[0].shape)}]", $"the range of channels ends at {range.End}");
        }

        if (_capacity > maps[0].shape[2] * maps[0].shape[3])
        {
            throw QatGenException.Of(ShapeRules.LayerInput, nameof(Filter), $"[{string.Join(", ", maps[0].shape)}]", $"it gives {_capacity} pixels");
        }

        using var scope = NewDisposeScope();
        var (values, places) = Scored(maps[0]).amax([1]).flatten(1).topk(_capacity);
        var picked = maps.Select(map => map.flatten(2).take_along_dim(places.unsqueeze(1), 2)).ToArray();
        Tensor[] results = [values, Scored(picked[0]).argmax(1), places, .. picked.Select(static x => x.transpose(1, 2).contiguous())];
        return [.. results.Select(static r => r.MoveToOuterDisposeScope())];
    }

    /// <summary>Of each frame, the pixels that reach the threshold, the best first; <paramref name="results"/> are those of forward, or of a program that was made from it, on maps <paramref name="width"/> wide.</summary>
    public Seq<Seq<FilteredPixel>> Pixels(IReadOnlyList<Tensor> results, int width) => FilteredPixel.Read(
        [.. results.Select(static r => r.cpu().to(ScalarType.Float32).contiguous().data<float>().ToArray())], (int)results[0].shape[0], width, _threshold);

    private Tensor Scored(Tensor x) => _idxRange is { } range ? x.narrow(1, range.Start, range.End - range.Start) : x;
}
