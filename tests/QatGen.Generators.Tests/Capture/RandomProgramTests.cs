using QatGen.Graphs;

namespace QatGen.Generators.Tests.Capture;

/// <summary>Random programs run by capture and by .NET: each result becomes the name of a module, so that a wrong one gives a path that named_modules() does not have.</summary>
public class RandomProgramTests
{
    private static readonly int Seeds = Environment.GetEnvironmentVariable("QATGEN_LONG") == "1" ? 40 : 4;

    public static TheoryData<int> Seed() => [.. Enumerable.Range(1, Seeds)];

    [Theory]
    [MemberData(nameof(Seed))]
    public void Functions_Evaluated_GiveTheResultsOfDotNet(int seed)
    {
        const int Count = 40;
        var generator = new ProgramGenerator(seed);
        var functions = string.Join("\n", Enumerable.Range(0, Count).Select(i => generator.Function("F" + i)));
        var calls = string.Join("\n", Enumerable.Range(0, Count).Select(static i => $"Add({i}, F{i}({i % 7 - 3}, {i % 5}));"));
        var graph = Differential.Members($$"""
            private readonly List<ReLU> all = new();
            public Model() : base("m") { {{calls}} }
            private void Add(int i, int value) { all.Add(ReLU()); register_module($"f{i}_{value}", all[^1]); }
            public override Tensor forward(Tensor x) { foreach (var m in all) { x = m.call(x); } return x; }
            {{functions}}
            """);
        Assert.Equal(Count, graph.Nodes.Count(static n => n.Form.Kind == FormKind.Module));
    }
}
