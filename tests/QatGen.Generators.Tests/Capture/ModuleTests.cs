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
}
