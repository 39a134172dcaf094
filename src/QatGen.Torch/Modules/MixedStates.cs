using QatGen.Arithmetic;
using QatGen.Operators;
using QatGen.Torch.Functions;
using static TorchSharp.torch;

namespace QatGen.Torch.Modules;

/// <summary>
/// Nodes of one model in different states. A node in FLOAT or CALIBRATION reads the reals of what it is given and gives reals; one in QAT or VALIDATION reads integers: reals are rounded to the scale of the
/// node they come from. A node without weights and scale of its own does as its inputs do.
/// </summary>
internal static class MixedStates
{
    public static QatValue Run(QatNode node, QatValue[] inputs, QatSession session)
    {
        var activations = inputs.OfType<QatValue.Activation>().ToArray();
        var owns = node.OutputQuantizer is not null || node.HasWeight || node.TensorQuantizer is not null;
        var state = owns ? session.StateOf(node) : Array.TrueForAll(activations, static a => a.Quantity is not null) ? FakeQuantState.Validation : FakeQuantState.Float;
        var isReal = state is FakeQuantState.Float or FakeQuantState.Calibration;
        QatValue[] converted = [.. inputs.Select(i => i is QatValue.Activation a ? isReal ? Real(a) : Rounded(a, node) : i)];
        var result = (QatValue.Activation)node.Run(converted, session.PrimitivesIn(state));
        return isReal ? result with { Grid = GridOf(node, [.. converted.OfType<QatValue.Activation>()]) } : result;
    }

    /// <summary>An input of the model in reals, with what it would be rounded to.</summary>
    public static QatValue Input(QatValue value, QuantStub stub) =>
        value is QatValue.Activation { Quantity: null } real ? real with { Grid = stub.IsIndex ? new(null, 1, DType.QInt32) : new(stub.Quantizer, 1, stub.Quantizer.DType) } : value;

    private static QatValue.Activation Real(QatValue.Activation x) => x.Quantity is not { } quantity ? x
        : x.Reals() with { Grid = new(null, quantity.Scales[0], x.DType) };

    private static QatValue.Activation Rounded(QatValue.Activation x, QatNode node)
    {
        if (x.Quantity is not null)
        {
            return x;
        }

        var grid = x.Grid ?? throw new InvalidOperationException($"'{node.Node.Path}' reads reals of no known scale.");
        if (grid.Type == DType.QInt32)
        {
            return x with { Data = x.Data.to(ScalarType.Float64), Quantity = Quantity.Of(grid.Scale, DType.QInt32), DType = DType.QInt32 };
        }

        var rounding = grid is { Quantizer: { } quantizer, Factor: 1 } ? quantizer.Rounding(x.Data.numel()) : new Rounding(grid.Type);
        return x with { Data = QuantizeFunction.Run(x.Data.to(ScalarType.Float32), [grid.Scale], rounding), Quantity = Quantity.Of(grid.Scale, grid.Type), DType = grid.Type };
    }

    private static RealGrid? GridOf(QatNode node, QatValue.Activation[] inputs)
    {
        if (node.OutputQuantizer is { } own)
        {
            return new(own, 1, own.DType);
        }

        if (node.TensorQuantizer is { } constant)
        {
            constant.Refresh(node.Value!);
            return new(null, constant.Scale, constant.DType);
        }

        // A comparison gives 0 and 1. What is sampled by a grid or at positions comes first, what a condition chooses from last.
        return node.Has(ConstantKind.Compare) ? new(null, 1, DType.QInt8)
            : (inputs.Length > 1 && !node.Has(ConstantKind.Rescale) ? inputs[0] : inputs.LastOrDefault(static i => i.Grid is not null))?.Grid?.Times(node.KeptFactor);
    }
}
