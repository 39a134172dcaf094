using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>A map sampled where a grid says; keeps the map's scale.</summary>
internal sealed class GridSample() : Operator("GridSample")
{
    public override Seq<Form> Forms => new(new Form(FormKind.Functional, "grid_sample"));

    public override Seq<string> Structural => new("mode", "padding_mode", "align_corners");

    public override IEnumerable<Violation> Check(Node node)
    {
        if (Member(node, "padding_mode") is "Reflection")
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "padding_mode", "Reflection", "zeros or border");
        }
    }

    public override Seq<ConstantRole> Constants(Node node) => new(ConstantRole.Grid(), ConstantRole.Rescale(node) with { ScaleOf = 0 });

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants)
    {
        var mode = new GridMode(Member(node, "mode") is "Nearest", Member(node, "padding_mode") is "Border", node.Flag("align_corners", false));
        return p.Rescale([p.GridSample(inputs[0], inputs[1], constants[0], mode)], constants[1]);
    }

    private static string Member(Node node, string name) => node.Attributes[name] is Value.Member member ? member.Name : "";

    public override IEnumerable<Example> Examples()
    {
        // Half a step of each of two positions times the largest slope, the range of the type; and what the multipliers' rounding adds.
        static Example Blend(string name, Node node, params int[][] shapes) => Example.Of(name, node, shapes) with
        {
            Deviation = static type => 1.1 * 2 * ((double)type.Max() - type.Min()) / (1 << (GridConstant.BitsFor(new(), type) + 1)),
        };
        static Node Sample(string mode, string padding, bool align) => new("GridSample", "sample", new(FormKind.Functional, "grid_sample"), new(0, 1), new()
        {
            ["mode"] = new Value.Member("TorchSharp.torch.GridSampleMode." + mode),
            ["padding_mode"] = new Value.Member("TorchSharp.torch.GridSamplePaddingMode." + padding),
            ["align_corners"] = align,
        });

        yield return Blend("zeros", Sample("Bilinear", "Zeros", false), [2, 5, 6, 7], [2, 4, 3, 2]);
        yield return Blend("border", Sample("Bilinear", "Border", false), [1, 17, 5, 9], [1, 6, 5, 2]);
        yield return Blend("corners", Sample("Bilinear", "Zeros", true), [1, 3, 8, 4], [1, 9, 4, 2]);
        yield return Blend("corners border", Sample("Bilinear", "Border", true), [2, 33, 4, 4], [2, 3, 5, 2]);
        yield return Blend("one element", Sample("Bilinear", "Zeros", false), [1, 2, 1, 1], [1, 5, 1, 2]);
        yield return Example.Of("nearest", Sample("Nearest", "Zeros", false), [2, 3, 7, 5], [2, 4, 5, 2]);
        yield return Example.Of("nearest border", Sample("Nearest", "Border", true), [1, 4, 5, 6], [1, 3, 4, 2]);
    }
}
