using QatGen.Arithmetic;
using static TorchSharp.torch;

namespace QatGen.Torch.Functions;

/// <summary>The function behind a table on reals, float32 to float32, computed in double.</summary>
internal sealed unsafe class RealTableFunction : autograd.SingleTensorFunction<RealTableFunction>
{
    public override string Name => nameof(RealTableFunction);

    public static Tensor Run(Tensor x, TableFunction function) => apply(x, function);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] arguments)
    {
        var (x, function) = (RawTensor.Contiguous((Tensor)arguments[0]), (TableFunction)arguments[1]);
        ctx.save_for_backward([x]);
        ctx.save_data("function", function);
        return Map(x, function.Value);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor gradient)
    {
        using var scope = NewDisposeScope();
        var slopes = Map(ctx.get_saved_variables()[0], ((TableFunction)ctx.get_data("function")).Derivative);
        return [(gradient * slopes).MoveToOuterDisposeScope(), null!];
    }

    private static Tensor Map(Tensor x, Func<double, double> function) => ElementLoop.Map(x, (from, to, count) =>
    {
        for (var i = 0; i < count; i++)
        {
            to[i] = (float)function(from[i]);
        }
    });
}
