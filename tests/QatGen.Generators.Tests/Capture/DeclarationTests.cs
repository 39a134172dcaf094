using Microsoft.CodeAnalysis;

namespace QatGen.Generators.Tests.Capture;

/// <summary>What the graph takes from the declaration, and where its nodes are.</summary>
public class DeclarationTests
{
    private const string Usings = "using QatGen; using TorchSharp.Modules; using static TorchSharp.torch; using static TorchSharp.torch.nn;\n";

    [Fact]
    public void Run_Declaration_FillsGraph()
    {
        var compilation = CaptureHarness.Compile(Usings + """
            namespace Some.Where;
            [QatModel(March.BayesE)]
            [InputShape(1, 3, 24, 32)]
            internal sealed partial class Net : Module<Tensor, Tensor>
            {
                private readonly ReLU relu = ReLU();
                public Net() : base("n") { RegisterComponents(); }
                public override Tensor forward([Quantize(Scale = 1 / 128.0, DType = DType.QInt16)] Tensor image) => relu.call(image);
            }
            """);
        var graph = CaptureHarness.Capture(compilation, "Net").Graph!;
        Assert.Equal(("Some.Where", "Net", March.BayesE, false), (graph.Namespace, graph.Type, graph.March, graph.IsPublic));
        Assert.Equal(new Graphs.GraphInput("image", new(1, 3, 24, 32), 1 / 128.0, DType.QInt16), Assert.Single(graph.Inputs));
        Assert.Equal("%1 = ReLU[relu](%0)\nreturn %1", graph.ToString());
    }

    [Theory]
    [InlineData("Source = InputSource.Pyramid", 1 / 128.0, "")]
    [InlineData("Source = InputSource.Resizer", 1 / 128.0, "")]
    [InlineData("Source = InputSource.Pyramid, Scale = 1", 1, "")]
    [InlineData("Source = InputSource.Ddr", 0, "")]
    [InlineData("Source = InputSource.Ddr, DType = DType.QInt16", 0, "")]
    [InlineData("Source = InputSource.Pyramid, DType = DType.QInt16", 1 / 128.0, "QG1060")]
    public void Run_SourceOfAnInput_FixesItsScale(string settings, double scale, string rule)
    {
        var result = CaptureHarness.Capture(CaptureHarness.Compile(Usings + $$"""
            [QatModel(March.Bayes)] public partial class Net : Module<Tensor, Tensor>
            {
                public Net() : base("n") { RegisterComponents(); }
                public override Tensor forward([Quantize({{settings}})] Tensor image) => image.relu();
            }
            """), "Net");
        Assert.Equal(rule, string.Join(", ", result.Violations.Select(static v => v.Violation.Rule.Id)));
        Assert.Equal(rule.Length == 0 ? scale : null, result.Graph?.Inputs[0].FixedScale);
    }

    [Fact]
    public void Run_PartsInTwoFiles_AreOneModel()
    {
        var compilation = CaptureHarness.Compile(
            Usings + "[QatModel(March.Bayes)] public partial class Net : Module<Tensor, Tensor> { private readonly ReLU a = ReLU(); public Net() : base(\"n\") { RegisterComponents(); } }",
            Usings + "public partial class Net { public override Tensor forward(Tensor x) => a.call(x); }");
        Assert.Equal("%1 = ReLU[a](%0)\nreturn %1", CaptureHarness.Capture(compilation, "Net").Graph!.ToString());
        Assert.Empty(CaptureHarness.Capture(compilation, "Net").Graph!.Inputs[0].Shape);
    }

    [Theory]
    [InlineData("(Tensor Boxes, Tensor Logits)", "(y, x + y)", "(0, 1)")]
    [InlineData("Tensor[]", "new[] { y, y.relu() }", "[0, 1]")]
    [InlineData("List<Tensor>", "[y, x + x]", "[0, 1]")]
    [InlineData("(List<Tensor> Maps, (Tensor, Tensor[]) Others)", "(new List<Tensor> { y }, (y.relu(), Enumerable.Range(0, 2).Select(i => i == 0 ? y : x + y).ToArray()))", "([0], (1, [2, 3]))")]
    public void Run_SeveralOutputs_KeepTheirForm(string type, string result, string form)
    {
        var source = Usings + $$"""
            [QatModel(March.Bayes)] public partial class Net : Module<Tensor, Tensor, {{type}}>
            {
                private readonly Conv2d a = Conv2d(4, 4, 1);
                public Net() : base("n") { RegisterComponents(); }
                public override {{type}} forward(Tensor x, Tensor z) { var y = a.call(x) + z; return {{result}}; }
            }
            """;
        var compilation = CaptureHarness.Compile(source);
        var graph = CaptureHarness.Capture(compilation, "Net").Graph!;
        Assert.Equal(form, graph.Returns.ToCode(static o => o.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        Assert.NotNull(CaptureHarness.Load(compilation, graph));
    }

    [Theory]
    [InlineData("(Tensor, Tensor)", "x.Item1 + x.Item2", 0, "x_0, x_1")]
    [InlineData("(Tensor Left, (Tensor, Tensor Last) Right)", "x.Left + x.Right.Item1.relu() + x.Right.Last", 0, "x_Left, x_Right_0, x_Right_Last")]
    [InlineData("(Tensor a, Tensor b)", "F(x)", 0, "x_a, x_b", "static Tensor F((Tensor, Tensor) p) { var (a, b) = p; return a.relu() + b; }")]
    [InlineData("Tensor[]", "x[0] + x[^1]", 3, "x_0, x_1, x_2")]
    [InlineData("List<Tensor>", "x.Aggregate((a, b) => a + b.relu())", 2, "x_0, x_1")]
    [InlineData("IReadOnlyList<Tensor>", "x.Count == 2 ? x[0] + x[1] : x[0].relu()", 2, "x_0, x_1")]
    [InlineData("(Tensor, IList<Tensor>)", "x.Item1 + x.Item2[1]", 3, "x_0, x_1_0, x_1_1")]
    [InlineData("(Tensor x_0, Tensor)", "x.x_0 + x.Item2", 0, "x_x_0, x_1")]
    public void Run_TupleOrListOfInputs_IsAnInputForEachTensor(string type, string result, int shapes, string names, string beside = "")
    {
        var compilation = CaptureHarness.Compile(Usings + $$"""
            {{string.Concat(Enumerable.Range(1, shapes).Select(static i => $"[InputShape(1, 4, {i}, 8)]"))}}
            [QatModel(March.Bayes)] public partial class Net : Module<{{type}}, Tensor>
            {
                {{beside}}
                public Net() : base("n") { RegisterComponents(); }
                public override Tensor forward([Quantize(Scale = 0.5)] {{type}} x) => {{result}};
            }
            """);
        var captured = CaptureHarness.Capture(compilation, "Net");
        Assert.Empty(captured.Violations.Select(static v => v.Violation.ToString()));
        Assert.Equal(names, string.Join(", ", captured.Graph!.Inputs.Select(static i => i.Name)));
        Assert.All(captured.Graph.Inputs, static i => Assert.Equal(0.5, i.FixedScale));
        Assert.Equal(Enumerable.Range(1, shapes), captured.Graph.Inputs.Where(static i => i.Shape.Count > 0).Select(static i => i.Shape[2]));
        Assert.NotNull(CaptureHarness.Load(compilation, captured.Graph));
    }

    [Fact]
    public void Run_Twice_GivesEqualGraphs()
    {
        var first = CaptureHarness.Capture(CaptureHarness.Compile(CaptureHarness.Model("ResNet18")), "ResNet18").Graph;
        var second = CaptureHarness.Capture(CaptureHarness.Compile("\n\n// a comment\n" + CaptureHarness.Model("ResNet18")), "ResNet18").Graph;
        Assert.Equal(first, second);
        Assert.Equal(69, first!.Nodes.Count);
    }

    [Fact]
    public void Places_OfNodes_AreTheirCalls()
    {
        var source = CaptureHarness.Model("MobileNetV2");
        var places = CaptureHarness.Capture(CaptureHarness.Compile(source), "MobileNetV2").Places;
        string At(string path) => source.Substring(places[path].SourceSpan.Start, places[path].SourceSpan.Length);
        Assert.Equal("F.adaptive_avg_pool2d(x, 1)", At("adaptive_avg_pool2d"));
        Assert.Equal("Linear(last, numClasses)", At("classifier.fc"));
        Assert.Equal("x + conv.call(x)", At("features.3.add"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Run_BlockOfAnotherProject_QG1008(bool asInAnEditor)
    {
        var library = CaptureHarness.Compile(Usings + """
            public sealed class Block : Module<Tensor, Tensor>
            {
                public Block() : base("b") { RegisterComponents(); }
                public static Tensor Act(Tensor x) => x.relu();
                public override Tensor forward(Tensor x) => Act(x);
            }
            """).WithAssemblyName("Library");
        using var image = new MemoryStream();
        Assert.True(library.Emit(image, cancellationToken: CancellationToken.None).Success);

        // An editor references the other project's compilation, whose symbols have sources; the compiler references its assembly.
        MetadataReference reference = asInAnEditor ? library.ToMetadataReference() : MetadataReference.CreateFromImage(image.ToArray());
        foreach (var (forward, place) in new[] { ("block.call(x)", "new Block()"), ("Block.Act(x)", "Block.Act(x)") })
        {
            var source = Usings + $$"""
                [QatModel(March.Bayes)] public partial class Net : Module<Tensor, Tensor>
                {
                    {{(forward == place ? "" : "private readonly Block block = new Block();")}}
                    public Net() : base("n") { RegisterComponents(); }
                    public override Tensor forward(Tensor x) => {{forward}};
                }
                """;
            var found = Assert.Single(CaptureHarness.Capture(CaptureHarness.Compile(source).AddReferences(reference), "Net").Violations);
            Assert.Equal(("QG1008", place), (found.Violation.Rule.Id, source.Substring(found.Location.SourceSpan.Start, found.Location.SourceSpan.Length)));
        }
    }

    [Fact]
    public void Run_ConstructorsThatAgree_AreOneModel()
    {
        var compilation = CaptureHarness.Compile(Usings + """
            [QatModel(March.Bayes)] public partial class Net : Module<Tensor, Tensor>
            {
                private readonly Linear fc;
                public Net() : base("n") { fc = Linear(4, 2); RegisterComponents(); }
                public Net(bool bias, string name = "n") : base(name) { fc = Linear(4, 2); RegisterComponents(); if (bias) { init.zeros_(fc.bias); } }
                public override Tensor forward(Tensor x) => fc.call(x);
            }
            """);
        Assert.Equal("%1 = Linear[fc](%0)\nreturn %1", CaptureHarness.Capture(compilation, "Net").Graph!.ToString());
    }

    [Fact]
    public void Run_Cancelled_Throws()
    {
        var compilation = CaptureHarness.Compile(CaptureHarness.Model("ResNet18"));
        Assert.ThrowsAny<OperationCanceledException>(() => Generators.Capture.ModelCapture.Run(CaptureHarness.Find(compilation, "ResNet18"), compilation, new CancellationToken(canceled: true)));
    }
}
