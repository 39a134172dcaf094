using static TorchSharp.torch;

namespace QatGen.Torch.Functions;

/// <summary>The table's result of each integer of a float32 tensor; the gradient is the slope of the real function there, 0 where the result is clamped.</summary>
internal sealed unsafe class LookupFunction : autograd.SingleTensorFunction<LookupFunction>
{
    public override string Name => nameof(LookupFunction);

    public static Tensor Run(Tensor x, TableLookup table) => apply(x, table);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] arguments)
    {
        var (x, table) = (RawTensor.Contiguous((Tensor)arguments[0]), (TableLookup)arguments[1]);
        ctx.save_for_backward([x]);
        ctx.save_data("table", table);
        return ElementLoop.Map(x, (from, to, count) =>
        {
            for (var i = 0; i < count; i++)
            {
                to[i] = table.Results[(int)from[i] - table.First];
            }
        });
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor gradient)
    {
        using var scope = NewDisposeScope();
        var slopes = (TableLookup)ctx.get_data("table");
        var factors = ElementLoop.Map(ctx.get_saved_variables()[0], (from, to, count) =>
        {
            for (var i = 0; i < count; i++)
            {
                to[i] = slopes.Slopes[(int)from[i] - slopes.First];
            }
        });
        return [(gradient * factors).MoveToOuterDisposeScope(), null!];
    }
}
