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
}
