using QatGen.Arithmetic;
using QatGen.Primitives;
using static TorchSharp.torch;

namespace QatGen.Torch.Modules;

/// <summary>Positions, and what is read at positions.</summary>
internal sealed partial class IntegerPrimitives
{
    public QatValue TopK(QatValue x, Ranking ranking)
    {
        var positions = TorchIndex.TopK(((QatValue.Activation)x).Data, ranking, _layer);
        return new QatValue.Activation(positions, Quantity.Of(1, DType.QInt32), DType.QInt32) { FloatType = ScalarType.Int64 };
    }

    public QatValue Gather(QatValue data, QatValue index, Gathering gathering) =>
        (QatValue.Activation)data with { Data = TorchIndex.Gather(((QatValue.Activation)data).Data, ((QatValue.Activation)index).Data, gathering, _layer) };
}
