using QatGen.Graphs;
using QatGen.Operators;
using QatGen.Passes;

namespace QatGen.Core.Tests;

/// <summary>Where the source has the batch, and what the program makes of it.</summary>
public sealed class KeepBatchFirstTests
{
    [Fact]
    public void Heads_PermutedAndTaken_AreMovementsBehindTheBatch()
    {
        // reshape(N, 5, 3, 2, 4).permute(2, 0, 3, 1, 4)[1]
        var result = Run([2, 5, 24], View("view", 0, new Value.InputSize(0), 5, 3, 2, 4), Permute("permute", 1, 2, 0, 3, 1, 4), Method("Select", "select", 2, ("dim", 0), ("index", 1)));
        Assert.Empty(result.Violations);
        Assert.Equal("permutation: new long[] { 0, 2, 3, 1, 4 }", Find(result, "permute").Attributes.ToString());
        Assert.Equal("dim: 1, index: 1", Find(result, "select").Attributes.ToString());
    }

    [Fact]
    public void Sequence_FirstAndBack_LeavesNoMovement()
    {
        var result = Run([2, 5, 8], Method("Transpose", "to", 0, ("dim0", 0), ("dim1", 1)), new Node("Linear", "fc", new(FormKind.Module, "Linear"), new(1), new() { ["inputSize"] = 8, ["outputSize"] = 3 }), Method("Transpose", "back", 2, ("dim0", 1), ("dim1", 0)));
        Assert.Empty(result.Violations);
        Assert.Equal(["fc"], result.Fused!.Nodes.Select(static n => n.Path));
    }

    [Theory]
    [InlineData("Cat", "dim", 0, "dim: 1")]
    [InlineData("Stack", "dim", 1, "dim: 2")]
    [InlineData("Stack", "dim", -1, "dim: 3")]
    [InlineData("Softmax", "dim", 2, "dim: 2")]
    [InlineData("Sum", "dim", 0, "dim: 1")]
    [InlineData("Unsqueeze", "dim", 0, "dim: 1")]
    [InlineData("Unsqueeze", "dim", 2, "dim: 2")]
    [InlineData("Chunk", "dim", -3, "chunks: 1, dim: 1")]
    public void Axis_OfASequenceFirst_HasTheProgramsNumber(string op, string argument, int axis, string expected)
    {
        var call = Method(op, "call", 1, op == "Chunk" ? [(argument, axis), ("chunks", 1)] : [(argument, axis)]);
        var graph = Graph([2, 5, 8], Method("Transpose", "to", 0, ("dim0", 0), ("dim1", 1)), op is "Cat" or "Stack" ? call with { Inputs = new(1, 1), Form = new(FormKind.Torch, op.ToLowerInvariant()) } : call);
        Assert.Equal(expected, Assert.Single(KeepBatchFirst.Run(graph, []).Nodes).Attributes.ToString());
    }

    [Theory]
    [InlineData("Softmax", "dim", 1)]
    [InlineData("Select", "dim", 1)]
    [InlineData("Cat", "dim", 1)]
    public void Operator_AlongTheMovedBatch_QG1040(string op, string argument, int axis)
    {
        var call = Method(op, "call", 1, (argument, axis));
        var result = Run([2, 5, 8], Method("Transpose", "to", 0, ("dim0", 0), ("dim1", 1)), op == "Cat" ? call with { Inputs = new(1, 1), Form = new(FormKind.Torch, "cat") } : call);
        Assert.Contains(("QG1040", "call"), result.Violations.Select(static v => (v.Rule.Id, v.Layer)));
        Assert.Null(result.Fused);
    }

    [Fact]
    public void Output_WithTheBatchElsewhere_QG1040()
    {
        var violation = Assert.Single(Run([2, 5, 8], Method("Transpose", "to", 0, ("dim0", 0), ("dim1", 1))).Violations);
        Assert.Equal((CaptureRules.BatchMoved, "to"), (violation.Rule, violation.Layer));
    }

    [Fact]
    public void Parameter_Expanded_IsAConstantThatRepeatsOverTheBatch()
    {
        var token = ConstantTensor.Read("token", "token", isParameter: true, new Seq<int>(1, 1, 8));
        var expand = new Node("Expand", "expand", new(FormKind.Method, "expand"), new(1), new() { ["sizes"] = new Value.Items(new(new Value.InputSize(0, 1), -1, -1)) }) { Sized = new(0) };
        var cat = new Node("Cat", "cat", new(FormKind.Torch, "cat"), new(2, 0), new() { ["dim"] = 1 });
        var result = Run([2, 5, 8], token, expand, cat);
        Assert.Empty(result.Violations);
        Assert.Equal(["expand", "cat"], result.Fused!.Nodes.Select(static n => n.Path));
        var constant = result.Fused.Nodes[0];
        Assert.Equal((true, "token"), (constant.Flag(ConstantTensor.Repeats, false), ((Value.Text)constant.Attributes["target"]!).Content));
        Assert.Equal(new Seq<int>(1, 1, 8), Catalogue.Get("Constant").Constants(constant)[0].Shape);
    }

    [Fact]
    public void Parameter_BesideASequenceFirst_HasTheBatchsAxisFirst()
    {
        var position = ConstantTensor.Read("position", "position", isParameter: true, new Seq<int>(5, 1, 8));
        var add = new Node("Add", "add", new(FormKind.Symbol, "op_Addition"), new(1, 2), new());
        var result = Run([2, 5, 8], Method("Transpose", "to", 0, ("dim0", 0), ("dim1", 1)), position, add, Method("Transpose", "back", 3, ("dim0", 0), ("dim1", 1)));
        Assert.Empty(result.Violations);
        Assert.Equal(new Seq<int>(1, 5, 8), Catalogue.Get("Constant").Constants(result.Fused!.Nodes[0])[0].Shape);
    }

    private static PipelineResult Run(int[] shape, params Node[] nodes) => Pipeline.Run(Graph(shape, nodes));

    private static Graph Graph(int[] shape, params Node[] nodes) => new("Test", "Net", March.NashE, new(new GraphInput("x", new(shape), 0)), new(nodes), new(nodes.Length));

    private static Node Find(PipelineResult result, string path) => result.Fused!.Nodes.Single(n => n.Path == path);

    private static Node View(string path, int x, params Value[] sizes) => new("View", path, new(FormKind.Method, "view"), new(x), new() { ["shape"] = new Value.Items(new(sizes)) });

    private static Node Permute(string path, int x, params long[] axes) => new("Permute", path, new(FormKind.Method, "permute"), new(x), new() { ["permutation"] = axes });

    private static Node Method(string op, string path, int x, params (string Name, int Value)[] arguments) =>
        new(op, path, new(FormKind.Method, op.ToLowerInvariant()), new(x), new(arguments.Select(static a => new KeyValuePair<string, Value>(a.Name, a.Value))));
}
