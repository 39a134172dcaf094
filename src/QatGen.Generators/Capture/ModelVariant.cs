using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace QatGen.Generators.Capture;

/// <summary>One form of a model that is captured: its name, the constructors to run, and the arguments that [ModelArgs] gives; null: they stay open.</summary>
internal sealed record ModelVariant(string Name, Seq<IMethodSymbol> Constructors, Seq<TypedConstant>? Values)
{
    /// <summary>The variants that the attributes of a model ask for; a wrong one is reported at its attribute and left out.</summary>
    public static Seq<ModelVariant> Read(ModelDeclaration model, CaptureContext context)
    {
        var attributes = model.Type.GetAttributes().Where(static a => ModelDeclaration.Is(a, typeof(ModelArgsAttribute))).ToArray();
        if (attributes.Length == 0)
        {
            return new(new ModelVariant("", model.Constructors, null));
        }

        var variants = new List<ModelVariant>();
        foreach (var attribute in attributes)
        {
            var name = attribute.NamedArguments.FirstOrDefault(static n => n.Key == nameof(ModelArgsAttribute.Name)).Value.Value as string ?? "";
            var values = Given(attribute);
            var constructors = model.Type.InstanceConstructors.Where(c => Fits(c, values, context.Compilation)).OrderBy(c => c.Parameters.Length).ToArray();
            var why = variants.Any(v => v.Name == name) ? name.Length == 0 ? "stands twice without a name" : $"names '{name}' twice"
                : name.Length > 0 && !SyntaxFacts.IsValidIdentifier("_" + name) ? $"has the name '{name}', which cannot be part of a class name"
                : constructors.Length == 0 ? $"has {values.Count} values that no constructor takes: {string.Join(", ", values.Select(Spell))}"
                : constructors.Length > 1 && constructors[1].Parameters.Length == constructors[0].Parameters.Length ? "fits more than one constructor"
                : null;
            if (why is null)
            {
                variants.Add(new(name, new(constructors[0]), values));
            }
            else
            {
                var place = attribute.ApplicationSyntaxReference is { } syntax ? Location.Create(syntax.SyntaxTree, syntax.Span) : model.Type.Locations[0];
                context.Report(Violation.Of(CaptureRules.ModelArguments, "", model.Type.Name, why), place);
            }
        }

        return variants.ToSeq();
    }

    /// <summary>The type of the elements of an array or of a list's interface.</summary>
    public static ITypeSymbol ElementOf(ITypeSymbol type) => type is IArrayTypeSymbol array ? array.ElementType : type is INamedTypeSymbol { TypeArguments: [var element] } ? element : type;

    private static Seq<TypedConstant> Given(AttributeData attribute) => attribute.ConstructorArguments switch
    {
        [{ Kind: TypedConstantKind.Array, IsNull: false } values] => values.Values.ToSeq(),
        [var single] => new(single),
        _ => Seq<TypedConstant>.Empty,
    };

    private static bool Fits(IMethodSymbol constructor, Seq<TypedConstant> values, Compilation compilation)
    {
        var last = constructor.Parameters.LastOrDefault();
        var rest = last is { IsParams: true } ? last : null;
        bool Takes(IParameterSymbol parameter, TypedConstant value) => Converts(value, parameter.Type, compilation) || (parameter.IsParams && Converts(value, ElementOf(parameter.Type), compilation));
        return (values.Count <= constructor.Parameters.Length || rest is not null)
            && values.Zip(constructor.Parameters, (v, p) => Takes(p, v)).All(static t => t)
            && values.Skip(constructor.Parameters.Length).All(v => Converts(v, ElementOf(rest!.Type), compilation))
            && constructor.Parameters.Skip(values.Count).All(static p => p.HasExplicitDefaultValue || p.IsParams);
    }

    private static bool Converts(TypedConstant value, ITypeSymbol type, Compilation compilation) => value.IsNull
        ? type.IsReferenceType || type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T
        : value.Kind is TypedConstantKind.Primitive or TypedConstantKind.Enum or TypedConstantKind.Array && value.Type is { } given && compilation.ClassifyConversion(given, type) is { IsImplicit: true, IsUserDefined: false };

    private static string Spell(TypedConstant value) => value.Kind == TypedConstantKind.Array ? "an array" : value.ToCSharpString();
}
