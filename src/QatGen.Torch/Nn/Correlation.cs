using static TorchSharp.torch;

namespace QatGen.Torch.Nn;

/// <summary>
/// The correlation layer of FlowNet (Fischer et al. 2015): for maps [N, C, H, W] the mean of the products of the patches of the first with those of the second at each displacement, over channels and kernel. The result is
/// [N, D * D, HO, WO] with D = 2 * (maxDisplacement / stride2) + 1, displacements row by row, and HO = ceil((H + 2 * padSize - 2 * (maxDisplacement + kernelSize / 2)) / stride1), WO alike.
/// </summary>
public sealed class Correlation : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly int _kernelSize;
    private readonly int _maxDisplacement;
    private readonly int _stride1;
    private readonly int _stride2;
    private readonly int _padSize;

    /// <summary>A patch is <paramref name="kernelSize"/> elements high and wide (odd); patches are <paramref name="stride1"/> and displacements <paramref name="stride2"/> apart, and zeros around both maps <paramref name="padSize"/> wide.</summary>
    public Correlation(int kernelSize = 1, int maxDisplacement = 1, int stride1 = 1, int stride2 = 1, int padSize = 0) : base(nameof(Correlation))
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxDisplacement);
        ArgumentOutOfRangeException.ThrowIfNegative(padSize);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride1, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride2, 1);
        ArgumentOutOfRangeException.ThrowIfNotEqual(int.IsPositive(kernelSize) && int.IsOddInteger(kernelSize), true, nameof(kernelSize));
        (_kernelSize, _maxDisplacement, _stride1, _stride2, _padSize) = (kernelSize, maxDisplacement, stride1, stride2, padSize);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor x, Tensor y)
    {
        if (x.shape.Length != 4 || !x.shape.SequenceEqual(y.shape))
        {
            throw QatGenException.Of(ShapeRules.LayerInput, nameof(Correlation), $"[{string.Join(", ", x.shape)}] and [{string.Join(", ", y.shape)}]", "it takes two maps [N, C, H, W] of one shape");
        }

        using var scope = NewDisposeScope();
        var (first, second) = (Padded(x), Padded(y));
        var (height, width) = (first.shape[2] - (2 * _maxDisplacement), first.shape[3] - (2 * _maxDisplacement));
        if (height < _kernelSize || width < _kernelSize)
        {
            throw QatGenException.Of(ShapeRules.EmptyOutput, nameof(Correlation), $"[{string.Join(", ", x.shape)}]");
        }

        Tensor At(Tensor map, int row, int column) => map.narrow(2, _maxDisplacement + row, height).narrow(3, _maxDisplacement + column, width);
        var still = At(first, 0, 0);
        var reach = _maxDisplacement / _stride2;
        var displacements = Enumerable.Range(-reach, (2 * reach) + 1).Select(d => d * _stride2).ToArray();
        var means = displacements.SelectMany(row => displacements.Select(column => (still * At(second, row, column)).mean([1], keepdim: true))).ToArray();
        return nn.functional.avg_pool2d(cat(means, 1), _kernelSize, _stride1).MoveToOuterDisposeScope();
    }

    private Tensor Padded(Tensor map) => _padSize == 0 ? map : nn.functional.pad(map, [_padSize, _padSize, _padSize, _padSize]);
}
