using QatGen.Primitives;
using static TorchSharp.torch;

namespace QatGen.Torch.Modules;

/// <summary>Linear resizes through libtorch: of reals by its own interpolation, of integers by the weights of the integer program.</summary>
internal static class TorchResize
{
    public static Tensor Real(Tensor x, ResizeGeometry g, string layer)
    {
        Plan(x, DType.QInt8, g, layer);
        long[]? sizes = g.Sizes.Count > 0 ? [.. g.Sizes.Select(static s => (long)s)] : null;
        var mode = x.shape.Length == 3 ? InterpolationMode.Linear : InterpolationMode.Bilinear;
        return nn.functional.interpolate(x, sizes, sizes is null ? g.Factors.ToArray() : null, mode, g.AlignCorners, sizes is null && g.Recompute);
    }

    /// <summary>The plan of a resize; one that does not fit is an error that names the layer.</summary>
    public static ResizePlan Plan(Tensor x, DType type, ResizeGeometry geometry, string layer)
    {
        try
        {
            return geometry.For(x.shape.Select(static d => (int)d).ToSeq(), type);
        }
        catch (SamplingException e)
        {
            throw QatGenException.Of(ShapeRules.Sampling, layer, TorchShape.Text(x), e.Message);
        }
    }

    /// <summary>The weighted sums of a plan: exact, as every partial sum is an integer below the bound that the type of x holds.</summary>
    public static Tensor Sum(Tensor x, ResizePlan plan)
    {
        var columns = Blend(x, x.shape.Length - 1, plan.Columns);
        return x.shape.Length == 3 ? columns : Blend(columns, 2, plan.Rows);
    }

    private static Tensor Blend(Tensor x, int axis, ResizeLine line)
    {
        var (first, second) = (x.index_select(axis, Numbers(static t => t.First)), x.index_select(axis, Numbers(static t => t.Second)));
        long[] shape = [line.Taps.Count, .. x.shape.Skip(axis + 1).Select(static _ => 1L)];
        var weights = Numbers(static t => t.Weight).to(x.dtype).reshape(shape);
        return (first * (Kept.Of(line.Denominator) - weights)) + (second * weights);

        Tensor Numbers(Func<ResizeTap, long> number) => tensor(line.Taps.Select(number).ToArray(), device: x.device);
    }
}
