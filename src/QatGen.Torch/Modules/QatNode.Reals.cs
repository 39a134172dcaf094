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

        var factor = BatchNorm.Fold.Factor.reshape([-1, .. weight.shape.Skip(1).Select(static _ => 1L)]);
        Weight!.copy_(where(factor.eq(0), Weight!.to(ScalarType.Float64), weight.to(ScalarType.Float64) / factor));
    }
}
