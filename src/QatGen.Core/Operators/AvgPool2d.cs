using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>The mean of each window: an integer sum and one multiplier per distinct count.</summary>
internal sealed class AvgPool2d() : Operator("AvgPool2d")
{
    public override Seq<Form> Forms => new(new(FormKind.Module, "AvgPool2d"), new(FormKind.Functional, "avg_pool2d"));

    public override bool OwnsScale => true;

    public override Seq<string> Structural => new("kernel_size", "stride", "padding", "ceil_mode", "count_include_pad", "divisor_override");

    public override Seq<ConstantRole> Constants(Node node) => new(ConstantRole.Rescale(node));

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants)
    {
        var count = new AverageCount(node.Flag("count_include_pad", true), (int)node.Integer("divisor_override", 0));
        return p.Rescale([p.SumPool(inputs[0], Pooling.Geometry(node), count)], constants[0]);
    }

    public override IEnumerable<Example> Examples()
    {
        static Node Pool(int kernel, int stride, int padding, bool ceil = false, bool include = true, int divisor = 0)
        {
            var attributes = new AttributeMap { ["kernel_size"] = kernel, ["stride"] = stride, ["padding"] = padding, ["ceil_mode"] = ceil, ["count_include_pad"] = include };
            return new("AvgPool2d", "pool", new(FormKind.Module, "AvgPool2d"), new(0), divisor == 0 ? attributes : new(attributes.Append(new("divisor_override", divisor))));
        }

        yield return Example.Of("2x2", Pool(2, 2, 0), [2, 5, 8, 7]);
        yield return Example.Of("padded", Pool(3, 2, 1), [1, 8, 9, 11]);
        yield return Example.Of("padding not counted", Pool(3, 2, 1, include: false), [1, 8, 9, 11]);
        yield return Example.Of("ceil", Pool(3, 2, 1, ceil: true), [1, 3, 8, 8]);
        yield return Example.Of("divisor", Pool(2, 2, 0, divisor: 3), [1, 3, 6, 6]);
    }
}
