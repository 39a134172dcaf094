using QatGen.Primitives;
using static TorchSharp.torch;

namespace QatGen.Torch.Functions;

/// <summary>
/// The rescaling rule in double, y = clamp(floor(sum t_i * m_i * 2^-r + 0.5)), with straight-through gradients: dy/dt_i is the real multiplier
/// where the rounded value lies inside the limits, 0 elsewhere (NUMERICS sections 5 and 8), and a learned scale has the gradient that <see cref="Rounding"/> says. Terms are float32 or float64 tensors of one shape that hold integers.
/// </summary>
internal sealed unsafe class RescaleFunction : autograd.SingleTensorFunction<RescaleFunction>
{
    public override string Name => nameof(RescaleFunction);

    /// <summary>Rescales <paramref name="terms"/>; <paramref name="real"/> holds the real multipliers in the constant's order.</summary>
    public static Tensor Run(RescaleConstant constant, double[] real, Tensor[] terms, Rounding? rounding = null) =>
        apply([constant, real, rounding ?? new(constant.DType), rounding?.Learned!, .. terms]);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] arguments)
    {
        var constant = (RescaleConstant)arguments[0];
        var terms = arguments.Skip(4).Cast<Tensor>().Select(RawTensor.Contiguous).ToArray();
        ctx.save_for_backward([.. terms]);
        ctx.save_data("constant", constant);
        ctx.save_data("real", arguments[1]);
        ctx.save_data("rounding", arguments[2]);
        var result = empty(terms[0].shape, ScalarType.Float32);
        new RescaleLoop(constant, terms).Forward(RawTensor.Floats(result));
        return result;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor gradient)
    {
        var constant = (RescaleConstant)ctx.get_data("constant");
        var real = (double[])ctx.get_data("real");
        using var scope = NewDisposeScope();
        var terms = ctx.get_saved_variables().ToArray();
        var incoming = RawTensor.Contiguous(gradient);
        var outgoing = terms.Select(static t => empty_like(t)).ToArray();
        var rounding = (Rounding)ctx.get_data("rounding");
        var sum = new RescaleLoop(constant, terms).Backward(real, RawTensor.Floats(incoming), outgoing, rounding);
        var learned = rounding.Learned is null ? null : rounding.Gradient([sum], [constant.Scales[0]]).MoveToOuterDisposeScope();
        return [null!, null!, null!, learned!, .. outgoing.Select(static t => t.MoveToOuterDisposeScope())];
    }
}
