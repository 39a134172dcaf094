using QatGen.Arithmetic;
using QatGen.Primitives;
using static TorchSharp.torch;

namespace QatGen.Torch.Modules;

public sealed partial class QatNode
{
    /// <summary>Whether it has weights of the model's.</summary>
    internal bool HasOwnWeight => HasWeight && WeightRole.Fixed.Count == 0;

    /// <summary>The weights and biases of the program: the parameters, with a live batch norm as its running statistics fold it.</summary>
    internal (Tensor Weight, Tensor Bias) Folded => BatchNorm is null ? (Weight!, Bias!) : (BatchNorm.Fold.Weight(Weight!), BatchNorm.Fold.Bias(Bias!));

    /// <summary>
    /// The node in reals on reals, with other weights and biases in place of the program's and with gradients to them; <paramref name="isLinear"/> leaves its activation out.
    /// </summary>
    internal Tensor Reals(QatValue[] inputs, Tensor weight, Tensor bias, bool isLinear = false)
    {
        QatValue[] constants = [.. Sources.Select(c => c switch
        {
            QatValue.WeightSource w => w with { Parameter = weight, Norm = null },
            QatValue.BiasSource b => b with { Parameter = bias, Norm = null },
            QatValue.RescaleSource r when isLinear => new QatValue.RescaleSource(r.Role with { Range = ClampRange.None }, null),
            _ => c,
        })];
        IPrimitives<QatValue> primitives = new RealPrimitives(observe: false);
        primitives.Layer(Node.Path);
        return ((QatValue.Activation)_operator.Lower(primitives, Node, inputs, constants)).Data;
    }

    /// <summary>The weights that the integers of the last pass stand for.</summary>
    internal Tensor RoundedWeight() => (RoundedIntegers() * tensor(WeightQuantizer!.Scales.Select(static s => (double)s).ToArray()).reshape(Rows)).to(ScalarType.Float32);

    /// <summary>The integers of the weights at the scales of the last pass, in float64.</summary>
    internal Tensor RoundedIntegers()
    {
        var weight = Folded.Weight;
        return tensor(WeightQuantizer!.WeightConstant(weight).Values.Select(static v => (double)v).ToArray()).reshape(weight.shape);
    }

    /// <summary>Runs the node's own lowering on other primitives that know these values.</summary>
    internal QatValue Lower(IPrimitives<QatValue> primitives, QatValue[] inputs)
    {
        primitives.Layer(Node.Path);
        return _operator.Lower(primitives, Node, inputs, Sources);
    }

    /// <summary>Makes the program's weights these; of a channel that its batch norm makes 0 they stay as they are.</summary>
    internal void SetFolded(Tensor weight)
    {
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        if (BatchNorm is null)
        {
            Weight!.copy_(weight);
            return;
        }

        var factor = BatchNorm.Fold.Factor.reshape(Rows);
        Weight!.copy_(where(factor.eq(Kept.Of(0)), Weight!.to(ScalarType.Float64), weight.to(ScalarType.Float64) / factor));
    }

    /// <summary>Adds to the program's biases [O].</summary>
    internal void AddToBias(Tensor difference)
    {
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        if (BatchNorm is null || BatchNorm.Beta is not null)
        {
            (BatchNorm?.Beta ?? Bias!).add_(difference.to(ScalarType.Float32));
            return;
        }

        var factor = BatchNorm.Fold.Factor;
        Bias!.add_(where(factor.eq(Kept.Of(0)), zeros_like(factor), difference.to(ScalarType.Float64) / factor).to(ScalarType.Float32));
    }

    /// <summary>Multiplies each channel of the program's result by a factor [O] above 0, before its activation and whatever a live batch norm measures, which therefore must be affine.</summary>
    internal void ScaleOutputs(Tensor factors)
    {
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        var (weight, bias) = BatchNorm is null ? (Weight!, Bias!) : (BatchNorm.Gamma!, BatchNorm.Beta!);
        weight.copy_(weight.to(ScalarType.Float64) * (BatchNorm is null ? factors.reshape(Rows) : factors));
        bias.copy_(bias.to(ScalarType.Float64) * factors);
    }

    /// <summary>Multiplies the weights of each input channel by a factor [I].</summary>
    internal void ScaleInputs(Tensor factors, int groups)
    {
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        var (weight, shape) = (Weight!, Weight!.shape);
        var parts = weight.to(ScalarType.Float64).reshape(groups, shape[0] / groups, shape[1], -1) * factors.reshape(groups, 1, shape[1], 1);
        weight.copy_(parts.reshape(shape));
    }

    private long[] Rows => [-1, .. Weight!.shape.Skip(1).Select(static _ => 1L)];
}
