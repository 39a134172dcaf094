namespace QatGen.Generators.Tests.Capture;

/// <summary>Blocks of other projects whose structure depends on the arguments of their constructor.</summary>
public class ProjectVariantTests
{
    /// <summary>Conditions on arguments that decide structure: one graph for each outcome, of which the model that constructs the block takes one.</summary>
    [Theory]
    [InlineData("4, 4, 1", "conv")]
    [InlineData("4, 4, 2, true", "down.0, conv, relu")]
    [InlineData("4, 6", "down.0, conv")]
    [InlineData("4, 4, flag: width > 0 || true", "conv, relu")]
    [InlineData("4, 4, mode: Mode.Fast", "conv, relu, relu#2")]
    [InlineData("4, 4, scale: 0.5", "relu, conv")]
    [InlineData("4, 4, groups: 2", "conv, wide")]
    public void Block_WithStructureByArguments_IsInlinedAsFromSource(string arguments, string modules)
    {
        var blocks = new Library(Library.Source("""
            public enum Mode { Plain, Fast }

            [QatBlock]
            public sealed partial class Basic : Module<Tensor, Tensor>
            {
                private readonly Conv2d conv;
                private readonly Conv2d? wide;
                private readonly Sequential? down;
                private readonly ReLU relu = ReLU();
                private readonly bool flag;
                private readonly Mode mode;
                private readonly double scale;

                public Basic(int input, int output, int stride = 1, bool flag = false, Mode mode = Mode.Plain, double scale = 1, int groups = 1) : base("basic")
                {
                    if (output <= 0)
                    {
                        throw new ArgumentOutOfRangeException(nameof(output));
                    }

                    (this.flag, this.mode, this.scale) = (flag, mode, scale);
                    conv = Conv2d(input, output, 3, stride, padding: 1);
                    if (stride != 1 || input != output)
                    {
                        down = Sequential(Conv2d(input, output, 1, stride));
                    }

                    wide = groups > 1 ? Conv2d(output, output, 1, groups: groups) : null;
                    RegisterComponents();
                }

                public override Tensor forward(Tensor x)
                {
                    var y = down?.call(x) ?? x;
                    if (scale < 1)
                    {
                        x = relu.call(x);
                    }

                    x = conv.call(x) + y;
                    x = wide is null ? x : wide.call(x);
                    x = flag ? relu.call(x) : x;
                    return mode == Mode.Fast ? relu.call(relu.call(x)) : x;
                }
            }
            """));
        var graph = Library.Check(
            $$"""
            private readonly Basic b;
            public Model(int width) : base("m") { b = new Basic({{arguments}}); RegisterComponents(); }
            public override Tensor forward(Tensor x) => b.call(x);
            """,
            [4],
            asInAnEditor: false,
            blocks);
        Assert.Equal(modules, string.Join(", ", graph.Nodes.Where(static n => n.Form.Kind == Graphs.FormKind.Module).Select(static n => n.Path["b.".Length..])));
    }

    [Fact]
    public void Block_InABlockOfAnotherProject_PassesItsConditionsOn()
    {
        var inner = new Library(Library.Source("""
            [QatBlock]
            public sealed partial class Inner : Module<Tensor, Tensor>
            {
                private readonly Conv2d? conv;
                public Inner(int width, bool plain) : base("inner") { conv = width > 4 && !plain ? Conv2d(4, 4, 1) : null; RegisterComponents(); }
                public override Tensor forward(Tensor x) => conv is null ? F.relu(x) : conv.call(x);
            }
            """));
        var outer = new Library(
            Library.Source("""
            [QatBlock]
            public sealed partial class Outer : Module<Tensor, Tensor>
            {
                private readonly Inner inner;
                public Outer(int half) : base("outer") { inner = new(half * 2, half < 1); RegisterComponents(); }
                public override Tensor forward(Tensor x) => inner.call(x);
            }
            """),
            inner);
        var graph = Library.Check(
            """
            private readonly Sequential s = Sequential(new Outer(1), new Outer(3));
            public Model() : base("m") { RegisterComponents(); }
            public override Tensor forward(Tensor x) => s.call(x);
            """,
            [],
            asInAnEditor: false,
            inner,
            outer);
        Assert.Equal("s.0.inner.relu, s.1.inner.conv", string.Join(", ", graph.Nodes.Select(static n => n.Path)));
    }

    /// <summary>[ModelArgs] decides what conditions cannot: the block is known for these arguments.</summary>
    [Fact]
    public void Block_WithModelArgs_IsKnownForThem()
    {
        var blocks = new Library(Library.Source("""
            [QatBlock]
            [ModelArgs(4, 1)]
            [ModelArgs(4, 3, Name = "Deep")]
            public sealed partial class Stack : Module<Tensor, Tensor>
            {
                private readonly Sequential all = Sequential();
                public Stack(int width, int count) : base("stack")
                {
                    for (var i = 0; i < count; i++)
                    {
                        all.append(Conv2d(width, width, 1));
                    }

                    RegisterComponents();
                }

                public override Tensor forward(Tensor x) => all.call(x);
            }
            """));
        var graph = Library.Check(
            """
            private readonly Stack a = new(4, 3), b = new(4, 1);
            public Model() : base("m") { RegisterComponents(); }
            public override Tensor forward(Tensor x) => b.call(a.call(x));
            """,
            [],
            asInAnEditor: false,
            blocks);
        Assert.Equal("a.all.0, a.all.1, a.all.2, b.all.0", string.Join(", ", graph.Nodes.Select(static n => n.Path)));
    }
}
