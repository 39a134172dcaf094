using QatGen.Primitives;
using static TorchSharp.torch;

namespace QatGen.Torch.Modules;

/// <summary>Pooling through libtorch.</summary>
internal static class TorchPool
{
    public static Tensor Max(Tensor x, PoolGeometry geometry, string layer) => TorchShape.OnMaps(x, geometry.Rank, layer, maps =>
    {
        var g = geometry.For((int)maps.shape[2], (int)maps.shape[3]);
        return g.IsAdaptive
            ? nn.functional.adaptive_max_pool2d(maps, [g.AdaptiveH, g.AdaptiveW])
            : nn.functional.max_pool2d(maps, [g.KernelH, g.KernelW], [g.StrideH, g.StrideW], [g.PadH, g.PadW], [g.DilationH, g.DilationW], g.CeilMode);
    });

    /// <summary>The mean of each window as PyTorch counts.</summary>
    public static Tensor Average(Tensor x, PoolGeometry geometry, AverageCount count, string layer) => TorchShape.OnMaps(x, geometry.Rank, layer, maps =>
    {
        var g = geometry.For((int)maps.shape[2], (int)maps.shape[3]);
        return g.IsAdaptive ? nn.functional.adaptive_avg_pool2d(maps, [g.AdaptiveH, g.AdaptiveW]) : Average(maps, g, count);
    });

    /// <summary>
    /// The sum of each window of integers up to a bound, in float32 while their sums stay below 2^24 and exact: libtorch adds up a window and then divides by the override. The rows and columns of
    /// adaptive windows are summed by matrices of zeros and ones.
    /// </summary>
    public static Tensor Sum(Tensor x, PoolGeometry geometry, long bound, string layer) => TorchShape.OnMaps(x, geometry.Rank, layer, maps =>
    {
        var (height, width) = ((int)maps.shape[2], (int)maps.shape[3]);
        var g = geometry.For(height, width);
        var integers = maps.to(bound * g.LargestWindow(height, width) < TorchConv.Float32Bound ? ScalarType.Float32 : ScalarType.Float64);
        return geometry.IsGlobal ? integers.sum([2, 3], keepdim: true)
            : g.IsAdaptive ? Windows(g.AdaptiveH, height, g.Rows, integers.dtype).matmul(integers).matmul(Windows(g.AdaptiveW, width, g.Columns, integers.dtype).transpose(0, 1))
            : Average(integers, g, new(DivisorOverride: 1));
    });

    private static Tensor Average(Tensor maps, PoolGeometry g, AverageCount count) =>
        nn.functional.avg_pool2d(maps, [g.KernelH, g.KernelW], [g.StrideH, g.StrideW], [g.PadH, g.PadW], g.CeilMode, count.IncludePad, count.DivisorOverride == 0 ? null : count.DivisorOverride);

    /// <summary>A matrix [outputs, size] with ones where a window reads.</summary>
    private static Tensor Windows(int outputs, int size, Func<int, int, PoolExtent> window, ScalarType type) => tensor(
        Enumerable.Range(0, outputs).SelectMany(o => Enumerable.Range(0, size).Select(i => window(o, size) is var w && i >= w.Start && i < w.Start + w.Count ? 1.0 : 0)).ToArray(), [outputs, size]).to(type);
}
