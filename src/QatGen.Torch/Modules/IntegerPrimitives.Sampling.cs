using QatGen.Arithmetic;
using QatGen.Primitives;
using static TorchSharp.torch;

namespace QatGen.Torch.Modules;

/// <summary>Resizes and sampling: sums of weighted elements that go back to the scale of their map.</summary>
internal sealed partial class IntegerPrimitives
{
    public QatValue Resize(QatValue x, ResizeGeometry geometry)
    {
        var input = (QatValue.Activation)x;
        var plan = TorchResize.Plan(input.Data, input.DType, geometry, _layer);
        return Weighted(input, plan.Denominator, map => TorchResize.Sum(map, plan));
    }

    public QatValue GridSample(QatValue x, QatValue grid, QatValue constant, GridMode mode)
    {
        var (map, points, source) = ((QatValue.Activation)x, (QatValue.Activation)grid, (QatValue.GridSource)constant);
        TorchGrid.Check(map.Data, points.Data, _layer);
        var scale = points.Known.Scales[0];
        source.Latest = GridConstant.Create(scale, points.DType, map.DType, (int)map.Data.shape[2], (int)map.Data.shape[3], mode, _layer);
        return Weighted(map, mode.IsNearest ? 1 : 1 << (2 * source.Latest.Bits), m => TorchGrid.Sum(m, points.Data, source.Latest, scale, mode));
    }

    private static QatValue.Activation Weighted(QatValue.Activation map, int denominator, Func<Tensor, Tensor> sum)
    {
        var bound = map.Known.Bounds[0] * denominator;
        var quantity = new Quantity(LaneKind.Tensor, map.Known.Scales, new(denominator), new(bound), Seq<int>.Empty);
        var type = bound < TorchConv.Float32Bound ? ScalarType.Float32 : ScalarType.Float64;
        return new QatValue.Activation(sum(map.Data.to(type)), quantity, DType.QInt32) { Weighted = map.DType };
    }
}
