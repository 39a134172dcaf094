namespace QatGen.Generators.Tests.Capture;

/// <summary>Constructor arguments that decide structure.</summary>
public class ModelArgsTests
{
    [Theory]
    [InlineData("values", "[ModelArgs(2, true)]", "int depth, bool act", 2, "convs.0, relu, convs.1, relu_1", 2, true)]
    [InlineData("defaults", "[ModelArgs]", "int depth = 1, bool act = false", 0, "convs.0")]
    [InlineData("some defaults", "[ModelArgs(2)]", "int depth = 1, bool act = false", 0, "convs.0, convs.1", 2)]
    [InlineData("converted", "[ModelArgs(3)]", "long depth, bool act = false", 0, "convs.0, convs.1, convs.2", 3L)]
    [InlineData("nullable", "[ModelArgs(null)]", "int? depth, bool act = false", 0, "convs.0", null)]
    [InlineData("array", "[ModelArgs(new[] { 4, 4 })]", "int[] depth, bool act = false", 0, "convs.0, convs.1", new[] { 4, 4 })]
    [InlineData("params", "[ModelArgs(4, 4, 4)]", "params int[] depth", 0, "convs.0, convs.1, convs.2", new[] { 4, 4, 4 })]
    [InlineData("enum", "[ModelArgs(Kind.Two)]", "Kind depth = Kind.Two", 0, "convs.0, convs.1")]
    public void Run_GivenValues_DecideStructure(string kind, string attribute, string parameters, int used, string paths, params object?[]? arguments)
    {
        var count = parameters.Contains("[]", StringComparison.Ordinal) ? "depth.Length" : parameters.Contains('?', StringComparison.Ordinal) ? "(depth ?? 1)" : kind == "enum" ? "(depth == Kind.Two ? 2 : 1)" : "depth";
        var act = parameters.Contains("act", StringComparison.Ordinal) ? "act" : "false";
        var source = Differential.Source(
            $$"""
            private readonly ModuleList<Conv2d> convs = [];
            private readonly bool acts;
            public Model({{parameters}}) : base("m") { for (var i = 0; i < {{count}}; i++) { convs.Add(Conv2d(4, 4, 1)); } acts = {{act}}; RegisterComponents(); }
            public override Tensor forward(Tensor x) { foreach (var conv in convs) { x = conv.call(x); if (acts) { x = F.relu(x); } } return x; }
            """,
            "public enum Kind { One, Two }",
            kind + used).Replace("[QatModel", attribute + "\n[QatModel", StringComparison.Ordinal);
        var graph = Differential.Check("Model", [1, 4, 8, 8], arguments ?? [null], source);
        Assert.Equal(paths, string.Join(", ", graph.Nodes.Select(static n => n.Path)));
    }

    [Fact]
    public void Run_SeveralNames_GiveVariants()
    {
        var result = CaptureHarness.Capture(CaptureHarness.Compile(Net("[ModelArgs(1)] [ModelArgs(2, Name = \"Deep\")]")), "Model");
        Assert.Empty(result.Violations);
        Assert.Equal(["Model:c0", "ModelDeep:c0,c1"], result.Graphs.Select(static g => g.Name + ":" + string.Join(",", g.Nodes.Select(static n => n.Path))));
    }

    [Theory]
    [InlineData("[{|QG1018:ModelArgs|}]")]
    [InlineData("[{|QG1018:ModelArgs(1, 2)|}]")]
    [InlineData("[{|QG1018:ModelArgs(\"a\")|}]")]
    [InlineData("[{|QG1018:ModelArgs(1.5)|}]")]
    [InlineData("[{|QG1018:ModelArgs(null)|}]")]
    [InlineData("[ModelArgs(1), {|QG1018:ModelArgs(2)|}]")]
    [InlineData("[ModelArgs(1, Name = \"A\"), {|QG1018:ModelArgs(2, Name = \"A\")|}]")]
    [InlineData("[{|QG1018:ModelArgs(1, Name = \"A-B\")|}]")]
    public void Run_WrongValues_QG1018AtTheAttribute(string attributes) => Markup.VerifySource(Net(attributes));

    private static string Net(string attributes) => Differential.Source(
        """
        private readonly List<Conv2d> convs = [];
        public Model(int depth) : base("m") { for (var i = 0; i < depth; i++) { convs.Add(Conv2d(4, 4, 1)); register_module($"c{i}", convs[i]); } }
        public override Tensor forward(Tensor x) { foreach (var conv in convs) { x = conv.call(x); } return x; }
        """).Replace("[QatModel", attributes + "\n[QatModel", StringComparison.Ordinal);
}
