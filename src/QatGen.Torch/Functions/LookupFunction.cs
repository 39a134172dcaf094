using static TorchSharp.torch;

namespace QatGen.Torch.Functions;

/// <summary>The table's result of each integer of a float32 tensor; the gradient is the slope of the real function there, 0 where the result is clamped; a learned scale of the result has its own.</summary>
internal sealed unsafe class LookupFunction : autograd.SingleTensorFunction<LookupFunction>
{
    public override string Name => nameof(LookupFunction);

    public static Tensor Run(Tensor x, TableLookup table, Rounding rounding) => apply(x, table, rounding, rounding.Learned!);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] arguments)
    {
        var (x, table) = (RawTensor.Contiguous((Tensor)arguments[0]), (TableLookup)arguments[1]);
        ctx.save_for_backward([x]);
        ctx.save_data("table", table);
        ctx.save_data("rounding", arguments[2]);
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
        var (table, rounding, x) = ((TableLookup)ctx.get_data("table"), (Rounding)ctx.get_data("rounding"), ctx.get_saved_variables()[0]);
        Tensor Of(float[] values) => ElementLoop.Map(x, (from, to, count) =>
        {
            for (var i = 0; i < count; i++)
            {
                to[i] = values[(int)from[i] - table.First];
            }
        });
        var learned = rounding.Learned is null ? null
            : rounding.Gradient([(gradient.to(ScalarType.Float64) * Of(table.ScaleSlopes(rounding))).sum().item<double>()], [table.OutputScale]).MoveToOuterDisposeScope();
        return [(gradient * Of(table.Slopes)).MoveToOuterDisposeScope(), null!, null!, learned!];
    }
}
