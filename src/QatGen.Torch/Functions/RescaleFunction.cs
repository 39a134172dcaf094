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
        var (constant, rounding) = ((RescaleConstant)arguments[0], (Rounding)arguments[2]);
        var given = arguments.Skip(4).Cast<Tensor>().ToArray();
        var terms = given.Select(RawTensor.Contiguous).ToArray();
        ctx.save_data("constant", constant);
        ctx.save_data("real", arguments[1]);
        ctx.save_data("rounding", rounding);
        ctx.save_data("isDouble", terms.Select(static t => t.dtype == ScalarType.Float64).ToArray());
        var result = empty(terms[0].shape, ScalarType.Float32);
        ushort* passed = null;
        if (rounding.Learned is not null)
        {
            ctx.save_for_backward([.. terms]);
        }
        else if (Array.Exists(given, static t => t.requires_grad))
        {
            // Bits instead of the terms: these are accumulators, which nobody else keeps.
            var bits = empty(RescaleLoop.Words(Rows.Of(terms[0], constant.Lanes, constant.Map)), ScalarType.Int16);
            ctx.save_for_backward([bits]);
            passed = (ushort*)RawTensor.Floats(bits);
        }

        new RescaleLoop(constant, terms, rounding).Forward(RawTensor.Floats(result), passed);
        return result;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor gradient)
    {
        var (constant, rounding) = ((RescaleConstant)ctx.get_data("constant"), (Rounding)ctx.get_data("rounding"));
        using var scope = NewDisposeScope();
        var incoming = RawTensor.Contiguous(gradient);
        var saved = ctx.get_saved_variables().ToArray();
        var passed = new PassedLoop(constant, (double[])ctx.get_data("real"), (bool[])ctx.get_data("isDouble"), incoming);
        Tensor? learned = null;
        if (rounding.Learned is null)
        {
            passed.Run((ushort*)RawTensor.Floats(saved[0]));
        }
        else
        {
            var sum = new RescaleLoop(constant, saved, rounding).BackwardLearned(passed, RawTensor.Floats(incoming));
            learned = rounding.Gradient([sum], [constant.Scales[0]]).MoveToOuterDisposeScope();
        }

        return [null!, null!, null!, learned!, .. passed.Results.Select(static t => t.MoveToOuterDisposeScope())];
    }
}
