namespace QatGen.Generators.Tests.Capture;

/// <summary>Models whose blocks are in other projects: on the command line an assembly, in an editor a compilation.</summary>
public class ProjectTests
{
    private const string Residual = """
        [QatBlock]
        public sealed partial class Residual : Module<Tensor, Tensor>
        {
            private readonly Conv2d conv1, conv2;
            private readonly BatchNorm2d bn;
            private readonly ReLU relu = ReLU();
            private readonly Sequential tail;

            public Residual(int channels, long kernel = 3, bool bias = false) : base("residual")
            {
                conv1 = Conv2d(channels, channels * 2, kernel, padding: kernel / 2, bias: bias);
                bn = BatchNorm2d(2 * channels);
                conv2 = Conv2d(Math.Max(channels, 1) * 2, channels, 1);
                tail = Sequential(("act", ReLU6()), ("conv", Conv2d(channels, channels, (1, 1), bias: !bias)));
                RegisterComponents();
            }

            public override Tensor forward(Tensor x)
            {
                var y = F.relu(bn.call(conv1.call(relu.call(x))));
                return tail.call(relu.call(x + conv2.call(y)) + x);
            }
        }
        """;

    public static TheoryData<bool> Hosts => new(false, true);

    [Theory]
    [MemberData(nameof(Hosts))]
    public void Block_GivenConstants_IsInlinedAsFromSource(bool asInAnEditor)
    {
        var graph = Library.Check(
            """
            private readonly Residual a = new(4), b = new(kernel: 5, channels: 4, bias: true);
            private readonly ReLU relu = ReLU();
            public Model() : base("m") { RegisterComponents(); }
            public override Tensor forward(Tensor x) => relu.call(b.call(a.forward(x)) + x);
            """,
            [],
            asInAnEditor,
            new Library(Library.Source(Residual)));
        Assert.Equal("a.relu, a.conv1, a.bn, a.relu_1, a.conv2, a.add, a.relu#2, a.add_1, a.tail.act, a.tail.conv", string.Join(", ", graph.Nodes.Take(10).Select(static n => n.Path)));
        Assert.Equal((Graphs.Value)4, graph.Nodes.Single(static n => n.Path == "a.conv1").Attributes["in_channels"]);
    }

    [Theory]
    [InlineData("sizes of the caller", "public Model(int width) : base(\"m\") { a = new(width); b = new(width * 2 / 2); RegisterComponents(); }", 4)]
    [InlineData("sizes that are known", "public Model(int width) : base(\"m\") { a = new(4, width > 2 ? 3 : 3); b = new(2 + 2, 1, width > 0 || true); RegisterComponents(); }", 4)]
    public void Block_GivenSymbols_IsInlinedAsFromSource(string about, string constructor, int width)
    {
        Assert.NotEmpty(about);
        Library.Check(
            $$"""
            private readonly Residual a, b;
            {{constructor}}
            public override Tensor forward(Tensor x) => b.call(a.call(x));
            """,
            [width],
            asInAnEditor: false,
            new Library(Library.Source(Residual)));
    }

    [Theory]
    [InlineData("Sequential", "private readonly Sequential s = Sequential((\"first\", new Residual(4)), (\"second\", new Residual(4, 1)));", "s.call(x)")]
    [InlineData("list", "private readonly ModuleList<Module<Tensor, Tensor>> s = ModuleList<Module<Tensor, Tensor>>(new Residual(4), ReLU(), new Residual(4, 1));", "s[2].call(s[1].call(s[0].call(x)))")]
    [InlineData("own class", "private readonly Outer s = new();", "s.call(x)")]
    [InlineData("delegate", "private readonly Residual s = new(4);", "new Func<Tensor, Tensor>(s.call)(x)")]
    [InlineData("nullable", "private readonly Residual? s = new(4), t;", "t is null ? s!.call(x) : t.call(x)")]
    [InlineData("loop", "private readonly List<Residual> all = new(); private readonly Sequential s = Sequential();", "all.Aggregate(x, (y, b) => b.call(y))", "for (var i = 0; i < 2; i++) { all.Add(new Residual(4, 2 * i + 1)); s.append(all[i]); }")]
    public void Block_InAnyPlace_IsInlinedAsFromSource(string about, string fields, string forward, string constructor = "")
    {
        Assert.NotEmpty(about);
        Library.Check(
            $$"""
            {{fields}}
            public Model() : base("m") { {{constructor}} RegisterComponents(); }
            public override Tensor forward(Tensor x) => {{forward}};
            """ + (about == "own class" ? """

            private sealed class Outer : Module<Tensor, Tensor>
            {
                private readonly Residual inner = new(2 * 2);
                public Outer() : base("outer") { RegisterComponents(); }
                public override Tensor forward(Tensor x) => inner.call(F.relu(x)) + x;
            }
            """ : ""),
            [],
            asInAnEditor: false,
            new Library(Library.Source(Residual)));
    }

    /// <summary>Arithmetic over parameters, in each type and form that sizes are computed in; the caller's arguments come out as the compiler would compute them.</summary>
    [Theory]
    [InlineData("(int)(n * 0.75)")]
    [InlineData("(int)(n * 0.7f)")]
    [InlineData("(int)Math.Round(n / 3.0) / 2 + 1")]
    [InlineData("(long)(n / 2.0) * 2 / 3 + 1")]
    [InlineData("n / 2 * 2 % 3 + 5 - 1 << 1 >> 1")]
    [InlineData("Math.Max(n - 1, 3L) + Math.Min(n, 2) - -n")]
    [InlineData("flag ? n + 1 : n - 1")]
    [InlineData("n > 3 && !flag || n == 2 ? n : 2 * n")]
    [InlineData("(int)Math.Pow(n, 2) | 1")]
    [InlineData("n is > 3 and < 6 ? n : 4")]
    [InlineData("real > 1 ? (int)real : n")]
    [InlineData("Two(n)")]
    public void Formula_OfParameters_IsComputedAsInSource(string size)
    {
        var blocks = Library.Source($$"""
            [QatBlock]
            public sealed partial class Sized : Module<Tensor, Tensor>
            {
                private readonly Conv2d a, b;
                public Sized(int n, bool flag, double real) : base("sized")
                {
                    var size = {{size}};
                    a = Conv2d(4, size, 1, dilation: size);
                    b = Conv2d(size, 4, (1, 1), stride: (n - 3, Math.Max(1, size - size)));
                    RegisterComponents();
                }

                private static int Two(int n) => n <= 0 ? throw new ArgumentOutOfRangeException(nameof(n)) : n + n;
                public override Tensor forward(Tensor x) => b.call(a.call(x));
            }
            """);
        var graph = Library.Check(
            """
            private readonly Sequential s = Sequential(new Sized(4, true, 2.5), new Sized(n: 4, real: 0.5, flag: false));
            public Model() : base("m") { RegisterComponents(); }
            public override Tensor forward(Tensor x) => s.call(x);
            """,
            [],
            asInAnEditor: false,
            new Library(blocks));
        Assert.All(graph.Nodes, static n => Assert.All(n.Attributes, static a => Assert.IsNotType<Graphs.Value.Symbol>(a.Value)));
    }

    [Theory]
    [InlineData("two outputs", "Module<Tensor, (Tensor, Tensor)>", "(Tensor, Tensor) forward(Tensor x)", "(c.call(x), F.relu(x))", "b.call(x) is var (p, q) ? p + q : x")]
    [InlineData("list", "Module<Tensor, List<Tensor>>", "List<Tensor> forward(Tensor x)", "[c.call(x), x]", "torch.cat(b.call(x), 1)")]
    [InlineData("tuple of inputs", "Module<(Tensor, Tensor Right), Tensor>", "Tensor forward((Tensor, Tensor Right) x)", "c.call(x.Item1) + x.Right", "b.call((F.relu(x), x))")]
    [InlineData("no operator", "Module<Tensor, Tensor>", "Tensor forward(Tensor x)", "F.gelu(c.call(x)) * torch.tanh(x)", "b.call(b.call(x))")]
    [InlineData("several results", "Module<Tensor, Tensor>", "Tensor forward(Tensor x)", "x.chunk(2, 1) is var p ? torch.cat([p[1], c.call(x).max(1, keepdim: true).values, x.split(2, 1)[0]], 1) : x", "b.call(x)")]
    [InlineData("arguments and sizes", "Module<Tensor, Tensor>", "Tensor forward(Tensor x)", "x.narrow(1, (int)(x.shape[1] / 2), k - 1).clamp(-h, h * 2) * (k + 1)", "b.call(x)")]
    [InlineData("module without operator", "Module<Tensor, Tensor>", "Tensor forward(Tensor x)", "s.call(s.call(c.call(x)))", "b.call(x)")]
    [InlineData("parameter and buffer", "Module<Tensor, Tensor>", "Tensor forward(Tensor x)", "x * w + ones", "b.call(b.call(x))")]
    [InlineData("index", "Module<Tensor, Tensor>", "Tensor forward(Tensor x)", "x[TensorIndex.Ellipsis, TensorIndex.Slice(0, 8, k)] + x[.., .., .., ^1].unsqueeze(3)", "b.call(x)")]
    [InlineData("kept method", "Module<Tensor, Tensor>", "Tensor forward(Tensor x)", "Own(Static(x), n: k)", "b.call(F.relu(b.call(x)))")]
    [InlineData("two inputs", "Module<Tensor, Tensor, Tensor>", "Tensor forward(Tensor x, Tensor y)", "c.call(x) + y", "b.call(F.relu(x), x)")]
    [InlineData("passes its input", "Module<Tensor, Tensor>", "Tensor forward(Tensor x)", "x", "F.relu(b.call(x))")]
    [InlineData("function", "Module<Tensor, Tensor>", "Tensor forward(Tensor x)", "F.relu(x).view(x.shape[0], -1)", "b.call(F.relu(x)).view(x.shape[0], 4, 8, 8)")]
    [InlineData("in place", "Module<Tensor, Tensor>", "Tensor forward(Tensor x)", "c.call(x).relu_()", "b.call(x)")]
    [InlineData("called twice", "Module<Tensor, Tensor>", "Tensor forward(Tensor x)", "F.relu(r.call(x) + x)", "b.call(b.call(x))")]
    public void Block_OfAnyForm_IsInlinedAsFromSource(string about, string parent, string signature, string result, string call)
    {
        var blocks = Library.Source($$"""
            [QatBlock]
            public partial class Block : {{parent}}
            {
                private readonly Conv2d c = Conv2d(4, 4, 3, padding: 1);
                private readonly ReLU r = ReLU();
                private readonly SiLU s = SiLU(inplace: true);
                private readonly Parameter w = Parameter(torch.ones(8) * 2);
                private readonly Tensor ones = torch.ones(4, 1, 1);
                private readonly int k;
                private readonly double h = 0.5;
                public Block(int k = 2) : base("{{about}}") { this.k = k; RegisterComponents(); }
                [KeepAsIs] public Tensor Own(Tensor x, int n) => c.call(x) * n * h;
                [KeepAsIs] public static Tensor Static(Tensor x) => x.sum().item<float>() > 0 ? x : -x;
                public override {{signature}} => {{result}};
            }
            """);
        Library.Check(
            $$"""
            private readonly Block b = new(1 + 1);
            public Model() : base("m") { RegisterComponents(); }
            public override Tensor forward(Tensor x) => {{call}};
            """,
            [],
            asInAnEditor: false,
            new Library(blocks));
    }

    [Fact]
    public void Block_WithSeveralConstructors_IsTheOneThatIsCalled()
    {
        var blocks = new Library(Library.Source("""
            [QatBlock]
            public partial class Block : Module<Tensor, Tensor>
            {
                private readonly Conv2d c;
                private readonly ReLU? act;
                public Block(int width) : this(width, 3) { }
                public Block(int width, int kernel) : base("block") { c = Conv2d(width, width, kernel, padding: kernel / 2); act = ReLU(); RegisterComponents(); }
                public Block(long width) : base("block") { c = Conv2d(width, width, 1); RegisterComponents(); }
                public override Tensor forward(Tensor x) => act is null ? c.call(x) : act.call(c.call(x));
            }
            """));
        var graph = Library.Check(
            """
            private readonly Sequential s = Sequential(new Block(4), new Block(4, 5), new Block(4L));
            public Model() : base("m") { RegisterComponents(); }
            public override Tensor forward(Tensor x) => s.call(x);
            """,
            [],
            asInAnEditor: true,
            blocks);
        Assert.Equal("s.0.c, s.0.act, s.1.c, s.1.act, s.2.c", string.Join(", ", graph.Nodes.Select(static n => n.Path)));
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public void Block_OfBlocksOfAThirdProject_IsInlinedAsFromSource(bool asInAnEditor)
    {
        var inner = new Library(Library.Source(Residual));
        var outer = new Library(
            Library.Source("""
            [QatBlock]
            public sealed partial class Stage : Module<Tensor, Tensor>
            {
                private readonly Residual first, second;
                public Stage(int width, int kernel = 1) : base("stage")
                {
                    first = new Residual(width, kernel);
                    second = new Residual(width * 2 / 2, bias: true);
                    RegisterComponents();
                }

                public override Tensor forward(Tensor x) => second.call(first.call(x)) + x;
            }
            """),
            inner);
        Library.Check(
            """
            private readonly Stage a = new(4), b;
            public Model(int width) : base("m") { b = new(width, 3); RegisterComponents(); }
            public override Tensor forward(Tensor x) => b.call(a.call(x));
            """,
            [4],
            asInAnEditor,
            inner,
            outer);
    }

    [Fact]
    public void Model_OfAnotherProject_IsABlockToo()
    {
        var net = new Library(Library.Source("""
            [QatModel(March.BayesE)]
            public sealed partial class Net : Module<Tensor, Tensor>
            {
                private readonly Conv2d c;
                private readonly BatchNorm2d b;
                public Net() : this(4) { }
                public Net(int width) : base("net") { c = Conv2d(4, width, 1); b = BatchNorm2d(width); RegisterComponents(); }
                public override Tensor forward(Tensor x) => b.call(c.call(x));
            }
            """));
        Library.Check(
            """
            private readonly Net a = new(), b = new(4);
            public Model() : base("m") { RegisterComponents(); }
            public override Tensor forward(Tensor x) => b.call(a.call(x));
            """,
            [],
            asInAnEditor: false,
            net);
    }
}
