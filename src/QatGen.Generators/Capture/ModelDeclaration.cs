using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using QatGen.Graphs;
using OutputKind = QatGen.Graphs.OutputKind;

namespace QatGen.Generators.Capture;

/// <summary>
/// What the declaration of a model or block says: march, inputs, and the constructors and forward to run.
/// <paramref name="Chained"/> are the constructors that leave the work to another one.
/// </summary>
internal sealed record ModelDeclaration(INamedTypeSymbol Type, March March, ModelInputs Inputs, Seq<IMethodSymbol> Constructors, Seq<IMethodSymbol> Chained, IMethodSymbol Forward)
{
    /// <summary>Whether the class is no model of its own, only a part of models in other projects.</summary>
    public bool IsBlock { get; init; }

    /// <summary>Checks the declaration; null when it breaks a rule, which is then reported.</summary>
    /// <exception cref="BrokenSourceException">The attribute or every constructor does not compile.</exception>
    public static ModelDeclaration? Read(INamedTypeSymbol model, CaptureContext context)
    {
        var location = model.Locations.FirstOrDefault(static l => l.IsInSource) ?? Location.None;
        ModelDeclaration? Refuse(Rule rule, params string[] arguments)
        {
            context.Report(Violation.Of(rule, "", [model.Name, .. arguments]), location);
            return null;
        }

        if (!context.Declarations(model).OfType<TypeDeclarationSyntax>().All(static d => d.Modifiers.Any(SyntaxKind.PartialKeyword)))
        {
            return Refuse(CaptureRules.NotPartial);
        }

        if (model.ContainingType is not null || model.IsGenericType)
        {
            return Refuse(CaptureRules.Unsupported, "the generated classes stand beside it; declare it in a namespace and without type parameters");
        }

        var signature = TorchNames.Bases(model).OfType<INamedTypeSymbol>().FirstOrDefault(static t => TorchNames.Is(t, TorchNames.Module) && t.TypeArguments.Length >= 2);
        var forward = TorchNames.Bases(model).SelectMany(static t => t.GetMembers(TorchNames.Forward)).OfType<IMethodSymbol>()
            .FirstOrDefault(m => !m.IsAbstract && m.Parameters.Length == signature?.TypeArguments.Length - 1 && m.Parameters.All(static p => ModelInputs.Takes(p.Type)) && context.Declaration(m) is not null);
        if (forward is null || model.IsAbstract)
        {
            return Refuse(CaptureRules.NotAModule);
        }

        foreach (var image in forward.Parameters.Where(static p => IsImage(p) && DTypeOf(p) != DType.QInt8))
        {
            context.Report(Violation.Of(CaptureRules.ImageType, image.Name, image.Name, DTypeOf(image).Name()), image.Locations[0]);
        }

        var attributes = model.GetAttributes();
        var asModel = attributes.FirstOrDefault(static a => Is(a, typeof(QatModelAttribute)));
        var march = asModel is not null ? asModel.ConstructorArguments.FirstOrDefault().Value : attributes.Any(static a => Is(a, typeof(QatBlockAttribute))) ? 0 : null;
        var constructors = model.InstanceConstructors.ToLookup(c => Chains(c, context));
        if (march is not int number || !Enum.IsDefined(typeof(March), number) || !constructors[false].Any())
        {
            throw new BrokenSourceException();
        }

        var shapes = attributes.Where(static a => Is(a, typeof(InputShapeAttribute))).Select(Dimensions).ToArray();
        // The sizes of a block's inputs are those of the model that contains it.
        var inputs = ModelInputs.Read(forward, asModel is null ? [.. shapes.Select(static _ => Seq<int>.Empty)] : shapes, context);
        return inputs is null ? null : new(model, (March)number, inputs, constructors[false].ToSeq(), constructors[true].ToSeq(), forward) { IsBlock = asModel is null };
    }

    public Graph Graph(Seq<Node> nodes, Returned returned, Seq<QuantizeSetting> settings)
    {
        var ofAssembly = IsBlock ? null : Settings(Type.ContainingAssembly);
        var space = Type.ContainingNamespace is { IsGlobalNamespace: false } named ? named.ToDisplayString() : "";
        return new(space, Type.Name, March, Inputs.Tensors, nodes, returned.Values, Type.DeclaredAccessibility == Accessibility.Public)
        {
            Parameters = Inputs.Parameters,
            Returns = returned.Form,
            ReturnType = ModelInputs.Spell(Forward.ReturnType),
            Settings = ofAssembly is null ? settings : new([ofAssembly, .. settings]),
            OutputsAsked = IsBlock ? OutputKind.SameAsInput : Asked(Type),
        };
    }

    /// <summary>Whether a constructor leaves the work to another one.</summary>
    private static bool Chains(IMethodSymbol constructor, CaptureContext context) =>
        context.Declaration(constructor) is ConstructorDeclarationSyntax { Initializer.RawKind: (int)SyntaxKind.ThisConstructorInitializer };

    public static bool Is(AttributeData attribute, Type type) => attribute.AttributeClass is { } symbol && TorchNames.FullName(symbol) == type.FullName;

    /// <summary>What [HighPrecisionOutput] on a class or field asks.</summary>
    public static OutputKind Asked(ISymbol symbol) => symbol.GetAttributes().FirstOrDefault(static a => Is(a, typeof(HighPrecisionOutputAttribute))) is not { } attribute ? OutputKind.SameAsInput
        : attribute.ConstructorArguments is [{ Value: false }] ? OutputKind.Quantized : OutputKind.HighPrecision;

    /// <summary>What [Quantize] on a class, field or assembly says; null without one.</summary>
    public static QuantizeSetting? Settings(ISymbol symbol)
    {
        if (symbol.GetAttributes().FirstOrDefault(static a => Is(a, typeof(QuantizeAttribute))) is not { } attribute)
        {
            return null;
        }

        object? Of(string name) => attribute.NamedArguments.FirstOrDefault(n => n.Key == name).Value.Value;
        int Number(string name) => Of(name) as int? ?? 0;
        return new(
            "", symbol is IFieldSymbol ? $"{symbol.ContainingType.Name}.{symbol.Name}" : symbol.Name, (DType?)(Of(nameof(QuantizeAttribute.DType)) as int?), Number(nameof(QuantizeAttribute.Bits)),
            Number(nameof(QuantizeAttribute.WeightBits)), Convert.ToDouble(Of(nameof(QuantizeAttribute.Scale)) ?? 0, CultureInfo.InvariantCulture),
            (FakeQuantKind?)(Of(nameof(QuantizeAttribute.Kind)) as int?), (ObserverKind?)(Of(nameof(QuantizeAttribute.Observer)) as int?));
    }

    /// <summary>Where a symbol has an attribute; null where that is not in source.</summary>
    public static Location? Place<T>(ISymbol symbol) => symbol.GetAttributes().FirstOrDefault(static a => Is(a, typeof(T)))?.ApplicationSyntaxReference is { } reference ? Location.Create(reference.SyntaxTree, reference.Span) : null;

    private static Seq<int> Dimensions(AttributeData attribute) =>
        attribute.ConstructorArguments is [{ Kind: TypedConstantKind.Array, IsNull: false } dimensions] ? dimensions.Values.Select(static v => v.Value is int i ? i : 0).ToSeq() : Seq<int>.Empty;

    /// <summary>How [Quantize] says that a parameter is quantized, each of its tensors alike.</summary>
    public static GraphInput Input(IParameterSymbol parameter) => new(parameter.Name, Seq<int>.Empty, Scale(parameter), DTypeOf(parameter));

    private static double Scale(IParameterSymbol parameter) =>
        Quantize(parameter, nameof(QuantizeAttribute.Scale)) is { } scale ? Convert.ToDouble(scale, CultureInfo.InvariantCulture) : IsImage(parameter) ? QuantizeAttribute.ImageScale : 0;

    private static bool IsImage(IParameterSymbol parameter) => Quantize(parameter, nameof(QuantizeAttribute.Source)) is int source && source != (int)InputSource.Ddr;

    private static DType DTypeOf(IParameterSymbol parameter) => Quantize(parameter, nameof(QuantizeAttribute.DType)) is int type ? (DType)type : DType.QInt8;

    /// <summary>A setting of [Quantize]; null where it is not given.</summary>
    private static object? Quantize(IParameterSymbol parameter, string setting) =>
        parameter.GetAttributes().Where(static a => Is(a, typeof(QuantizeAttribute))).SelectMany(static a => a.NamedArguments).FirstOrDefault(n => n.Key == setting).Value.Value;
}
