using QatGen.Graphs;
using QatGen.Marches;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>The mean of the whole map (output size 1).</summary>
internal sealed class AdaptiveAvgPool2d() : Operator("AdaptiveAvgPool2d")
{
    public override Seq<Form> Forms => new(new(FormKind.Module, "AdaptiveAvgPool2d"), new(FormKind.Functional, "adaptive_avg_pool2d"));

    public override bool OwnsScale => true;

    public override Seq<string> Structural => new("output_size");

    public override IEnumerable<Violation> Check(Node node)
    {
        if (node.Attributes.Any(static a => a.Value is not (Value.Integer { Number: 1 } or Value.Items) || (a.Value is Value.Items i && i.Elements.Any(static e => e is not Value.Integer { Number: 1 }))))
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "output size", node.Attributes.ToString(), "1 (global average pooling)");
        }
    }

    // The manual refuses it on BERNOULLI2, the converter takes it as global average pooling, which this is.
    public override Seq<MarchNote> MarchNotes => new(MarchNote.Risk(On.BothBayes, "the toolkit makes it of average pooling, which is not equal"));

    public override Seq<ConstantRole> Constants(Node node) => new(ConstantRole.Rescale(node));

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants) => p.Rescale([p.SumPool(inputs[0], PoolGeometry.Global, new())], constants[0]);

    public override IEnumerable<Example> Examples()
    {
        var pool = new Node("AdaptiveAvgPool2d", "pool", new(FormKind.Module, "AdaptiveAvgPool2d"), new(0), new() { ["output_size"] = 1 });
        yield return Example.Of("7x7", pool, [2, 9, 7, 7]);
        yield return Example.Of("1x1", pool, [1, 4, 1, 1]);
        yield return Example.Of("uneven", pool, [1, 16, 5, 13]);
    }
}
