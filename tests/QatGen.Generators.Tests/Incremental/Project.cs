using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using QatGen.Generators.Incremental;

namespace QatGen.Generators.Tests.Incremental;

/// <summary>A project whose files are edited: a file whose text stays keeps its syntax tree, as in an editor.</summary>
internal sealed class Project
{
    private readonly Dictionary<string, SyntaxTree> _trees = [];
    private GeneratorDriver _driver = GeneratorRun.Driver();

    public CSharpCompilation Compilation { get; private set; } = GeneratorRun.Compile();

    /// <summary>A model in namespace <c>Vision.Nets</c>; the texts stand at the head of its file, in its class and in <c>forward</c>.</summary>
    public static string Net(string forward = "return conv.call(x);", string width = "8", string members = "", string head = "", string bases = "Module<Tensor, Tensor>") => $$"""
        using QatGen;
        using TorchSharp.Modules;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn;
        {{head}}

        namespace Vision.Nets;

        [QatModel(March.Bayes)]
        [InputShape(1, 3, 32, 32)]
        public partial class Net : {{bases}}
        {
            private readonly Conv2d conv = Conv2d(3, {{width}}, kernel_size: 1);
            {{members}}

            public Net() : base("Net") => RegisterComponents();

            public override Tensor forward(Tensor x)
            {
                {{forward}}
            }
        }
        """;

    /// <summary>The usings of a file that speaks of tensors.</summary>
    public const string Usings = "using TorchSharp.Modules; using static TorchSharp.torch; using static TorchSharp.torch.nn;\n";

    /// <summary>The project with these files, in this order, and nothing else; returns the generated files.</summary>
    public Dictionary<string, string> Run(string[] files, MetadataReference[]? references = null, CSharpCompilationOptions? options = null, CSharpParseOptions? parsing = null)
    {
        Compilation = Create(files, references, options, text => _trees.TryGetValue(text, out var tree) && tree.Options.Equals(parsing ?? GeneratorRun.Options) ? tree : _trees[text] = Parse(text, parsing));
        _driver = _driver.RunGenerators(Compilation);
        var result = _driver.GetRunResult().Results.Single();
        Assert.Null(result.Exception);
        return _driver.Files();
    }

    /// <summary>Asserts that an edit gives what a first run on the edited files gives, and, unless told, something else than before; then that undoing it does.</summary>
    public static void AssertSees(
        string[] before, string[] after, CSharpCompilationOptions? options = null, CSharpParseOptions? parsing = null, MetadataReference[]? references = null, MetadataReference[]? referencesBefore = null, bool expectChange = true)
    {
        // A namespace that appears is a change of its own; these are there from the start.
        const string Namespaces = "namespace Vision { internal enum Present; }";
        (before, after) = ([.. before, Namespaces], [.. after, Namespaces]);
        var project = new Project();
        var first = project.Run(before, referencesBefore);
        var second = project.Run(after, references, options, parsing);
        Assert.Equal(new Project().Run(after, references, options, parsing), second);
        Assert.Equal(expectChange, !first.SequenceEqual(second));
        Assert.Equal(first, project.Run(before, referencesBefore));
    }

    /// <summary>The reading of the project's model, which is the same object while nothing that it depends on changes.</summary>
    public ModelReading Read(string type = "Vision.Nets.Net") => ModelReader.Read(Compilation.GetTypeByMetadataName(type)!, Compilation, CancellationToken.None);

    /// <summary>The compilation with the generated files, as analyzers see it.</summary>
    public Compilation Generated()
    {
        _driver = _driver.RunGeneratorsAndUpdateCompilation(Compilation, out var compilation, out _);
        return compilation;
    }

    private static SyntaxTree Parse(string text, CSharpParseOptions? parsing) => CSharpSyntaxTree.ParseText(text, parsing ?? GeneratorRun.Options, $"File{text.GetHashCode(StringComparison.Ordinal)}.cs");

    private static CSharpCompilation Create(string[] files, MetadataReference[]? references, CSharpCompilationOptions? options, Func<string, SyntaxTree> tree) =>
        CSharpCompilation.Create("Models", files.Select(tree), [.. GeneratorRun.References.ToImmutableArray(), .. references ?? []], options ?? new(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
}
