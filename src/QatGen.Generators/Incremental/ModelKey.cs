using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace QatGen.Generators.Incremental;

/// <summary>All that a capture depends on. Trees and references are compared by identity, as the compiler hands out the same objects until their content changes.</summary>
internal sealed class ModelKey(ImmutableArray<SyntaxTree> trees, string shared, ImmutableArray<MetadataReference> references, CompilationOptions options, string? assembly)
{
    private readonly (string Shared, string? Assembly) _names = (shared, assembly);

    /// <summary>Whether two compilations give the same capture.</summary>
    public bool Matches(ModelKey other) =>
        trees.SequenceEqual(other.Trees) && _names == other._names && (references == other.References || references.SequenceEqual(other.References)) && options.Equals(other.Options);

    private ImmutableArray<SyntaxTree> Trees => trees;

    private ImmutableArray<MetadataReference> References => references;

    private CompilationOptions Options => options;
}
