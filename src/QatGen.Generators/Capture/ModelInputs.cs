using System.Globalization;
using Microsoft.CodeAnalysis;
using QatGen.Graphs;

namespace QatGen.Generators.Capture;

/// <summary>The tensors that forward takes, each an input of the graph: a parameter is one, or holds several in a tuple or a list.</summary>
internal sealed record ModelInputs(Seq<GraphInput> Tensors, Seq<GraphParameter> Parameters)
{
    private static readonly Seq<string> Lists = new("List", "IList", "IReadOnlyList");

    public static bool Takes(ITypeSymbol type) => TorchNames.IsTensor(type) || IsList(type) || (type is INamedTypeSymbol { IsTupleType: true } tuple && tuple.TupleElements.All(static e => Takes(e.Type)));

    /// <summary>How many tensors a parameter holds; a list, whose length its type does not say, counts as none.</summary>
    public static int Count(ITypeSymbol type) => TorchNames.IsTensor(type) ? 1 : type is INamedTypeSymbol { IsTupleType: true } tuple ? tuple.TupleElements.Sum(static e => Count(e.Type)) : 0;

    public static bool HasList(ITypeSymbol type) => IsList(type) || (type is INamedTypeSymbol { IsTupleType: true } tuple && tuple.TupleElements.Any(static e => HasList(e.Type)));

    /// <summary>The inputs with the shapes that [InputShape] gives, which also say how many tensors a list holds; null when nothing says that, which is then reported.</summary>
    public static ModelInputs? Read(IMethodSymbol forward, Seq<int>[] shapes, CaptureContext context)
    {
        var open = shapes.Length - forward.Parameters.Sum(static p => Count(p.Type));
        var lists = forward.Parameters.Where(static p => HasList(p.Type)).ToArray();
        if (lists.Length > 0 && (open < 1 || lists.Sum(static p => ListsIn(p.Type)) > 1))
        {
            var unknown = lists[lists.Length - 1];
            context.Report(Violation.Of(CaptureRules.ListLength, "", unknown.Name), unknown.Locations[0]);
            return null;
        }

        var (tensors, names) = (new List<GraphInput>(), new HashSet<string>(forward.Parameters.Select(static p => p.Name), StringComparer.Ordinal));
        var parameters = forward.Parameters.Select(p => new GraphParameter(p.Name, Spell(p.Type), FormOf(p.Type, ModelDeclaration.Input(p)))).ToSeq();
        return new(tensors.ToSeq(), parameters.All(static p => p.Form is TensorForm.Tensor) ? Seq<GraphParameter>.Empty : parameters);

        TensorForm FormOf(ITypeSymbol type, GraphInput input)
        {
            switch (type)
            {
                case INamedTypeSymbol { IsTupleType: true } tuple:
                    return new TensorForm.Tuple(tuple.TupleElements.Select((e, i) => FormOf(e.Type, Part(input, e.IsExplicitlyNamedTupleElement ? e.Name : Number(i)))).ToSeq());
                case var list when IsList(list):
                    return new TensorForm.Collection(Enumerable.Range(0, open).Select(i => Add(Part(input, Number(i)))).ToSeq());
                default:
                    return Add(input);
            }
        }

        TensorForm Add(GraphInput input)
        {
            tensors.Add(tensors.Count < shapes.Length ? input with { Shape = shapes[tensors.Count] } : input);
            return new TensorForm.Tensor(tensors.Count - 1);
        }

        GraphInput Part(GraphInput whole, string part)
        {
            var unique = $"{whole.Name}_{part}";
            while (!names.Add(unique))
            {
                unique += "_";
            }

            return whole with { Name = unique };
        }
    }

    /// <summary>A type as C# where <c>TorchSharp</c> and <c>System.Collections.Generic</c> are imported.</summary>
    public static string Spell(ITypeSymbol type) =>
        type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat).Replace("global::TorchSharp.", "").Replace("global::System.Collections.Generic.", "");

    private static string Number(int index) => index.ToString(CultureInfo.InvariantCulture);

    private static int ListsIn(ITypeSymbol type) => IsList(type) ? 1 : type is INamedTypeSymbol { IsTupleType: true } tuple ? tuple.TupleElements.Sum(static e => ListsIn(e.Type)) : 0;

    private static bool IsList(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol { Rank: 1 } array => TorchNames.IsTensor(array.ElementType),
        INamedTypeSymbol { TypeArguments: [var element], ContainingNamespace: { Name: "Generic", ContainingNamespace.Name: "Collections" } } list => Lists.Contains(list.Name) && TorchNames.IsTensor(element),
        _ => false,
    };
}
