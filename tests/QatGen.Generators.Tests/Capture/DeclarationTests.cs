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
                public override Tensor forward([Quantize(Scale = 1 / 128.0)] Tensor image) => relu.call(image);
            }
            """);
        var graph = CaptureHarness.Capture(compilation, "Net").Graph!;
        Assert.Equal(("Some.Where", "Net", March.BayesE, false), (graph.Namespace, graph.Type, graph.March, graph.IsPublic));
        Assert.Equal(new Graphs.GraphInput("image", new(1, 3, 24, 32), 1 / 128.0), Assert.Single(graph.Inputs));
        Assert.Equal("%1 = ReLU[relu](%0)\nreturn %1", graph.ToString());
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

    [Fact]
    public void Run_Cancelled_Throws()
    {
        var compilation = CaptureHarness.Compile(CaptureHarness.Model("ResNet18"));
        Assert.ThrowsAny<OperationCanceledException>(() => Generators.Capture.ModelCapture.Run(CaptureHarness.Find(compilation, "ResNet18"), compilation, new CancellationToken(canceled: true)));
    }
}
