namespace QatGen.Generators.Tests.Capture;

/// <summary>Registration, naming and calls of modules.</summary>
public class ModuleTests
{
    [Theory]
    [InlineData("pairs", "Sequential((\"a\", Conv2d(4, 4, 1)), (\"b\", ReLU()))", "s.a, s.b")]
    [InlineData("positions", "Sequential(Conv2d(4, 4, 1), ReLU())", "s.0, s.1")]
    [InlineData("list", "Sequential(new List<Module<Tensor, Tensor>> { Conv2d(4, 4, 1), ReLU() })", "s.0, s.1")]
    [InlineData("array", "Sequential(new Module<Tensor, Tensor>[] { Conv2d(4, 4, 1), ReLU() })", "s.0, s.1")]
    [InlineData("list of pairs", "Sequential(new List<(string, Module<Tensor, Tensor>)> { (\"x\", Conv2d(4, 4, 1)), (\"y\", ReLU6()) })", "s.x, s.y")]
    [InlineData("LINQ", "Sequential(Enumerable.Range(0, 3).Select(i => (Module<Tensor, Tensor>)Conv2d(4, 4, 1)))", "s.0, s.1, s.2")]
    [InlineData("append", "Sequential(Conv2d(4, 4, 1)).append(ReLU()).append(\"last\", Conv2d(4, 4, 1))", "s.0, s.1, s.last")]
    [InlineData("nested", "Sequential(Sequential((\"c\", Conv2d(4, 4, 1))), Identity(), Sequential(Conv2d(4, 4, 1), ReLU()))", "s.0.c, s.1, s.2.0, s.2.1")]
    public void Sequential_Children_HaveTheirNames(string kind, string creation, string paths)
    {
        var graph = Differential.Members(
            $$"""
            private readonly Sequential s = {{creation}};
            public Model() : base("m") { RegisterComponents(); }
            public override Tensor forward(Tensor x) => s.call(x);
            """,
            about: kind);
        Assert.Equal(paths, string.Join(", ", graph.Nodes.Select(static n => n.Path)));
    }

    [Theory]
    [InlineData("fields", "Conv2d a = Conv2d(4, 4, 1), _b = Conv2d(4, 4, 1);", "RegisterComponents();", "a, _b", "_b.call(a.call(x))")]
    [InlineData("automatic property", "Conv2d A { get; } = Conv2d(4, 4, 1);", "RegisterComponents();", "<A>k__BackingField", "A.call(x)")]
    [InlineData("register_module", "Conv2d a = Conv2d(4, 4, 1);", "register_module(\"first\", a);", "first", "a.call(x)")]
    [InlineData("add_module first", "Conv2d a = Conv2d(4, 4, 1);", "add_module(\"first\", a); RegisterComponents();", "first", "a.call(x)")]
    [InlineData(
        "names made in a loop",
        "List<Conv2d> all = new();",
        "for (var i = 0; i < 2; i++) { all.Add(Conv2d(4, 4, 1)); register_module($\"conv{i}\", all[i]); }",
        "conv0, conv1",
        "all[1].call(all[0].call(x))")]
    [InlineData("component name", "[TorchSharp.Utils.ComponentName(Name = \"conv\")] private Conv2d a = Conv2d(4, 4, 1);", "RegisterComponents();", "conv", "a.call(x)")]
    [InlineData(
        "module list",
        "ModuleList<Module<Tensor, Tensor>> l = ModuleList(Conv2d(4, 4, 1), (Module<Tensor, Tensor>)ReLU());",
        "l.append(Conv2d(4, 4, 1)); RegisterComponents();",
        "l.0, l.1, l.2",
        "l[2].call(l[1].call(l[0].call(x)))")]
    [InlineData("inherited", "Inner inner = new();", "RegisterComponents();", "inner.shared, inner.own", "inner.call(x)")]
    [InlineData("private fields of a base class", "Hidden hidden = new();", "RegisterComponents();", "hidden.own, hidden.conv", "hidden.call(x)")]
    [InlineData(
        "module dictionary",
        "ModuleDict<Conv2d> d = new();",
        "d.Add((\"first\", Conv2d(4, 4, 1))); d.Add(\"second\", Conv2d(4, 4, 3, padding: 1)); RegisterComponents();",
        "d.first, d.second",
        "d.TryGetValue(\"second\", out var s) && d.Count == 2 && !d.ContainsKey(\"x\") ? s.call(d[\"first\"].call(x)) : x")]
    [InlineData(
        "module dictionary made from pairs",
        "ModuleDict<Conv2d> d = ModuleDict((\"a\", Conv2d(4, 4, 1)), (\"b\", Conv2d(4, 4, 1)));",
        "RegisterComponents();",
        "d.a, d.b",
        "d.Values.Aggregate(x, (y, m) => m.call(y))")]
    [InlineData("class derived from Sequential", "Stage s = new();", "RegisterComponents();", "s.conv, s.bn, s.0.0, s.0.1", "s.call(x)")]
    [InlineData(
        "part of a Sequential",
        "Sequential s = Sequential(Conv2d(4, 4, 1), ReLU(), Conv2d(4, 4, 1));",
        "RegisterComponents();",
        "s.0, s.2",
        "((Module<Tensor, Tensor>)s[2]).call(((Module<Tensor, Tensor>)s[0]).call(x))")]
    [InlineData("two instances", "Inner p = new(), q = new();", "RegisterComponents();", "p.shared, p.own, q.shared, q.own", "q.call(p.call(x))")]
    [InlineData("module used twice", "ReLU relu = ReLU(); Conv2d a = Conv2d(4, 4, 1);", "RegisterComponents();", "relu, a, relu#2", "relu.call(a.call(relu.call(x)))")]
    public void Registration_Names_EqualNamedModules(string kind, string fields, string constructor, string paths, string forward)
    {
        var graph = Differential.Members(
            $$"""
            {{fields}}
            public Model() : base("m") { {{constructor}} }
            public override Tensor forward(Tensor x) => {{forward}};
            """,
            """
            public abstract class Parent : Module<Tensor, Tensor>
            {
                protected Conv2d shared = Conv2d(4, 4, 1);
                protected Parent() : base("parent") { }
            }

            public class Step : Sequential { public Step() : base(Conv2d(4, 4, 1), ReLU()) { } }

            public sealed class Stage : Sequential { public Stage() : base(("conv", Conv2d(4, 4, 1)), ("bn", BatchNorm2d(4))) { append("0", new Step()); } }

            public abstract class Registering : Module<Tensor, Tensor>
            {
                private readonly Conv2d conv = Conv2d(4, 4, 1);
                protected Registering() : base("r") { RegisterComponents(); }
                public override Tensor forward(Tensor x) => conv.call(x);
            }

            public sealed class Hidden : Registering
            {
                private readonly Conv2d own = Conv2d(4, 4, 1);
                public override Tensor forward(Tensor x) => base.forward(own.call(x));
            }

            public sealed class Inner : Parent
            {
                private readonly Conv2d own = Conv2d(4, 4, 1);
                public Inner() { RegisterComponents(); }
                public override Tensor forward(Tensor x) => own.call(shared.forward(x));
            }
            """,
            about: kind);
        Assert.Equal(paths, string.Join(", ", graph.Nodes.Select(static n => n.Path)));
    }

    [Fact]
    public void Functions_Paths_NeverClashWithModules()
    {
        var graph = Differential.Members(
            """
            private readonly ReLU relu = ReLU(), relu_1 = ReLU();
            private readonly Inner inner = new();
            public Model() : base("m") { RegisterComponents(); }
            public override Tensor forward(Tensor x) => inner.call(F.relu(F.relu(x) + relu.call(x)) + relu_1.call(x)) + x;
            """,
            """
            public sealed class Inner : Module<Tensor, Tensor>
            {
                private readonly Conv2d c = Conv2d(4, 4, 1);
                public Inner() : base("i") { RegisterComponents(); }
                private static Tensor Twice(Tensor x) => x + x;
                public override Tensor forward(Tensor x) => Twice(F.relu(c.call(x)));
            }
            """);
        Assert.Equal("relu_2, relu, add, relu_3, relu_1, add_1, inner.c, inner.relu, inner.add, add_2", string.Join(", ", graph.Nodes.Select(static n => n.Path)));
    }

    /// <summary>The modules that QatGen adds to TorchSharp's.</summary>
    [Fact]
    public void Call_OfOwnModules_IsThatOfTheirOperators()
    {
        var graph = Differential.Members("""
            private const int Reach = 2;
            private readonly Conv2d colours = Conv2d(4, 3, 1);
            private readonly QatGen.Torch.Nn.CenteredYuv2Rgb rgb = new(Swing.Full, mean: [120, 110, 100], std: new[] { 57.5 });
            private readonly QatGen.Torch.Nn.CenteredYuv2Bgr bgr = new(qScale: 1 / 64.0);
            private readonly QatGen.Torch.Nn.BgrToYuv444 yuv = new(channelReversal: true);
            private readonly QatGen.Torch.Nn.Correlation correlation;
            private readonly QatGen.Torch.Nn.RoIAlign square = new(2, spatialScale: 0.5, samplingRatio: 2);
            private readonly QatGen.Torch.Nn.RoIAlign regions = new((2, 3), 1, 1, aligned: true);
            private readonly QatGen.Torch.Nn.MultiScaleRoIAlign levels = new([1, 0.5], (2, 3), 1, canonicalScale: 2);
            public Model() : base("m")
            {
                correlation = new(1, Reach, stride2: 1, padSize: Reach);
                RegisterComponents();
            }
            public override Tensor forward(Tensor x)
            {
                var image = colours.call(x);
                var flow = correlation.call(rgb.call(image), yuv.call(bgr.forward(image)));
                return square.call(flow, x[.., 0, .., ..4]).sum(new long[] { 3, 4 }) + regions.call(flow, x[.., 1, .., ..4]).sum(new long[] { 3, 4 })
                    + levels.call([flow, flow[.., .., ..2, ..2]], x[.., 2, .., ..4]).sum(new long[] { 3, 4 });
            }
            """);
        Assert.Equal("Conv2d, CenteredYuv2Rgb, CenteredYuv2Bgr, BgrToYuv444, Correlation", string.Join(", ", graph.Nodes.Take(5).Select(static n => n.Operator)));
        Assert.Equal(
            ["aligned: false, outputSize: 2, samplingRatio: 2, spatialScale: 0.5d", "aligned: true, outputSize: new long[] { 2, 3 }, samplingRatio: 1, spatialScale: 1d"],
            graph.Nodes.Where(static n => n.Operator == "RoIAlign").Select(static n => n.Attributes.ToString()));
        Assert.Equal(
            "canonicalLevel: 4, canonicalScale: 2, outputSize: new long[] { 2, 3 }, samplingRatio: 1, spatialScales: new double[] { 1d, 0.5d }",
            Assert.Single(graph.Nodes, static n => n is { Operator: "MultiScaleRoIAlign", Inputs.Count: 3 }).Attributes.ToString());
        Assert.Equal("mean: new double[] { 120d, 110d, 100d }, qScale: 0.0078125d, std: new double[] { 57.5d }, swing: global::QatGen.Swing.Full", graph.Nodes[1].Attributes.ToString());
        Assert.Equal("kernelSize: 1, maxDisplacement: 2, padSize: 2, stride1: 1, stride2: 1", graph.Nodes[4].Attributes.ToString());
    }

    /// <summary>Of an array that a module returns, what is read are nodes.</summary>
    [Fact]
    public void Call_OfAFilter_IsANodeForEachResultThatIsRead()
    {
        var graph = Differential.Members("""
            private readonly QatGen.Torch.Nn.Filter filter = new(0.5, capacity: 6, idxRange: (1, 3)), all = new(threshold: 2, 4);
            public Model() : base("m") => RegisterComponents();
            public override Tensor forward(Tensor x)
            {
                var best = filter.call([x, x + 1]);
                var rest = all.forward(new[] { x });
                return best[0] + best[^1][.., .., 0] + rest[3].sum(new long[] { 1, 2 }, keepdim: true).squeeze(2);
            }
            """);
        Assert.Equal(
            ["filter.0(0, 1): capacity: 6, idxRange: new long[] { 1, 3 }, item: 0, threshold: 0.5d", "filter.4(0, 1): capacity: 6, idxRange: new long[] { 1, 3 }, item: 4, threshold: 0.5d", "all.3(0): capacity: 4, item: 3, threshold: 2d"],
            graph.Nodes.Where(static n => n.Operator == "Filter").Select(static n => $"{n.Path}({string.Join(", ", n.Inputs)}): {n.Attributes}"));
    }

    [Fact]
    public void HighPrecisionOutput_OnClassAndFields_IsAskedOfTheResults()
    {
        var result = CaptureHarness.Capture(CaptureHarness.Compile(Differential.Header + """
            [QatModel(March.Bayes), HighPrecisionOutput]
            public partial class Model : Module<Tensor, Tensor[]>
            {
                [HighPrecisionOutput(false)] private readonly Conv2d a = Conv2d(4, 4, 1);
                [HighPrecisionOutput] private readonly Sequential b = Sequential(Conv2d(4, 4, 1), ReLU());
                [HighPrecisionOutput(isOn: false)] private readonly Inner c = new();
                private readonly Conv2d d = Conv2d(4, 4, 1);
                public Model() : base("m") => RegisterComponents();
                public override Tensor[] forward(Tensor x) => [a.call(x), b.call(x), c.call(x), d.call(x)];
            }

            public class Inner : Module<Tensor, Tensor>
            {
                private readonly Conv2d conv = Conv2d(4, 4, 1);
                public Inner() : base("i") => RegisterComponents();
                public override Tensor forward(Tensor x) => conv.call(x).relu6();
            }
            """), "Model");
        Assert.Empty(result.Violations);
        Assert.Equal(QatGen.Graphs.OutputKind.HighPrecision, result.Graph!.OutputsAsked);
        Assert.Equal(
            "a Quantized, b.0 SameAsInput, b.1 HighPrecision, c.conv SameAsInput, c.relu6 Quantized, d SameAsInput",
            string.Join(", ", result.Graph.Nodes.Select(static n => $"{n.Path} {n.Output}")));
    }

    [Fact]
    public void Quantize_OnAssemblyClassesAndFields_IsSaidOfTheModulesTheyHold()
    {
        var result = CaptureHarness.Capture(CaptureHarness.Compile(Differential.Header.Replace("namespace", "[assembly: Quantize(Observer = ObserverKind.Mse)]\nnamespace", StringComparison.Ordinal) + """
            [QatModel(March.Bayes), Quantize(WeightBits = 4)]
            public partial class Model : Module<Tensor, Tensor>
            {
                [Quantize(DType = DType.QInt16)] private readonly Conv2d a = Conv2d(4, 4, 1);
                [Quantize(Bits = 6)] private readonly Sequential b = Sequential(new Inner(), ReLU());
                public Model() : base("m") => RegisterComponents();
                public override Tensor forward(Tensor x) => b.call(a.call(x));
            }

            [Quantize(Bits = 4, Kind = FakeQuantKind.Lsq)]
            public class Inner : Module<Tensor, Tensor>
            {
                [Quantize(Scale = 0.5)] private readonly Conv2d conv = Conv2d(4, 4, 1);
                public Inner() : base("i") => RegisterComponents();
                public override Tensor forward(Tensor x) => conv.call(x);
            }
            """), "Model");
        Assert.Empty(result.Violations);
        Assert.Equal(
            [
                " CaptureTests: Mse", " Model: weights of 4", "a Model.a: QInt16", "b Model.b: 6 bits", "b.0 Inner: 4 bits Lsq", "b.0.conv Inner.conv: step 0.5",
            ],
            result.Graph!.Settings.Select(static (s, i) => $"{s.Path} {(i == 0 ? "CaptureTests" : s.Target)}: "
                + string.Join(" ", new[] { $"{s.Type}", s.Bits > 0 ? $"{s.Bits} bits" : "", s.WeightBits > 0 ? $"weights of {s.WeightBits}" : "", $"{s.Kind}", s.Scale > 0 ? $"step {s.Scale}" : "", $"{s.Observer}" }.Where(static t => t.Length > 0))));
    }

    /// <summary>What only moves, picks or is removed, what forward does not call, and beside them what is quantized: with the call before it, in one of several modules, or in forward.</summary>
    [Theory]
    [InlineData("[{|QG3903:Quantize(DType = DType.QInt16)|}] private readonly Dropout a = Dropout();", "a.call(x)")]
    [InlineData("[{|QG3903:Quantize(Bits = 4)|}] private readonly Module<Tensor, Tensor> a = Sequential(MaxPool2d(2), Identity());", "a.call(x)")]
    [InlineData("[{|QG3903:Quantize(Bits = 4)|}] private readonly Conv2d a = Conv2d(4, 4, 1);", "x.relu()")]
    [InlineData("private readonly Plain a = new();", "a.call(x)")]
    [InlineData("[Quantize(Bits = 4)] private readonly ReLU a = ReLU(); private readonly Conv2d b = Conv2d(4, 4, 1);", "a.call(b.call(x))")]
    [InlineData("[Quantize(Bits = 4)] private readonly Module<Tensor, Tensor> a = Sequential(Dropout(), Sigmoid());", "a.call(x)")]
    [InlineData("[Quantize(Bits = 4)] private readonly ModuleList<Module<Tensor, Tensor>> a = ModuleList<Module<Tensor, Tensor>>(Dropout(), Sigmoid());", "a[1].call(a[0].call(x))")]
    [InlineData("[Quantize(Bits = 4)] private readonly Sum a = new();", "a.call(x)")]
    public void Quantize_OfNothingThatIsQuantized_QG3903(string field, string result)
    {
        var ofPlain = field.Contains("Plain", StringComparison.Ordinal) ? "{|QG3903:Quantize(Bits = 4)|}" : "Quantize(Bits = 4)";
        Markup.VerifySource(Differential.Header + $$"""
            [QatModel(March.Bayes)]
            public partial class Model : Module<Tensor, Tensor>
            {
                {{field}}
                public Model() : base("m") => RegisterComponents();
                public override Tensor forward(Tensor x) => {{result}};
            }

            [{{ofPlain}}]
            public class Plain : Module<Tensor, Tensor>
            {
                public Plain() : base("p") => RegisterComponents();
                public override Tensor forward(Tensor x) => x.flatten(1);
            }

            public class Sum : Module<Tensor, Tensor>
            {
                public Sum() : base("s") => RegisterComponents();
                public override Tensor forward(Tensor x) => x + x;
            }
            """);
    }

    [Fact]
    public void Quantize_OfAModuleThatOneVariantCalls_HasAnEffect() => Markup.VerifySource(Differential.Header + """
        [QatModel(March.Bayes), ModelArgs(true, Name = "Deep"), ModelArgs(false, Name = "Flat")]
        public partial class Model : Module<Tensor, Tensor>
        {
            [Quantize(Bits = 4)] private readonly Conv2d a = Conv2d(4, 4, 1);
            [{|QG3903:Quantize(Bits = 4)|}] private readonly Conv2d b = Conv2d(4, 4, 1);
            private readonly bool deep;
            public Model(bool deep) : base("m") { this.deep = deep; RegisterComponents(); }
            public override Tensor forward(Tensor x) => deep ? a.call(x) : x.relu();
        }
        """);
}
