using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using QatGen.Graphs;

namespace QatGen.Generators.Tests.Capture;

/// <summary>A project of blocks, compiled with the generator, that other projects reference.</summary>
internal sealed class Library
{
    private readonly CSharpCompilation _compilation;
    private readonly string _source;

    public Library(string source, params Library[] libraries)
    {
        _source = source;
        var compilation = GeneratorRun.Compile(source, GeneratorRun.Usings).WithAssemblyName($"Library{libraries.Length}").AddReferences(libraries.Select(static l => l.Reference(asInAnEditor: false)));
        GeneratorRun.Driver().RunGeneratorsAndUpdateCompilation(compilation, out var whole, out _);
        _compilation = (CSharpCompilation)whole;
        using var image = new MemoryStream();
        var result = _compilation.Emit(image);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics));
        Image = image.ToArray();
    }

    public byte[] Image { get; }

    public static string Source(string blocks) => Differential.Header.Replace("namespace Constructs;", "namespace Blocks;", StringComparison.Ordinal) + blocks;

    /// <summary>An editor references the other project's compilation, whose symbols have sources; the compiler references its assembly.</summary>
    public MetadataReference Reference(bool asInAnEditor) => asInAnEditor ? _compilation.ToMetadataReference() : MetadataReference.CreateFromImage(Image);

    /// <summary>A project whose class Model has these members and contains blocks of the libraries.</summary>
    public static CSharpCompilation Model(string members, string beside, bool asInAnEditor, params Library[] libraries) =>
        CaptureHarness.Compile(Source(members, beside)).AddReferences(libraries.Select(l => l.Reference(asInAnEditor)));

    /// <summary>The graph of a model over libraries, which must be the one of the same sources in one project, and must compute the same.</summary>
    public static Graph Check(string members, object?[] arguments, bool asInAnEditor, params Library[] libraries)
    {
        var compilation = Model(members, "", asInAnEditor, libraries);
        var split = CaptureHarness.Capture(compilation, "Model");
        Assert.Empty(split.Violations.Select(static v => v.Violation + " at " + v.Location));
        var joined = CaptureHarness.Capture(CaptureHarness.Compile([Source(members, ""), .. libraries.Select(static l => l._source)]), "Model");
        Assert.Equal(Describe(joined.Graph!), Describe(split.Graph!));
        Assert.Equal(joined.Graph, split.Graph);
        var assembly = CaptureHarness.Load(compilation, split.Graph!, [.. libraries.Select(static l => l.Image)]);
        return Differential.Compare("Model", [1, 4, 8, 8], arguments, assembly, split.Graph!);
    }

    private static string Source(string members, string beside) => "using Blocks;\n" + Differential.Source(members, beside);

    private static string Describe(Graph graph) => string.Join("\n", graph.Nodes.Select(static n => $"{n.Path} {n.Operator} {n.Inputs} {n.Attributes}"));
}
