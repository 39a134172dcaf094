using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace QatGen.Generators.Capture;

/// <summary>Objects of classes with source: construction in C#'s order.</summary>
internal sealed partial class Evaluator
{
    private Datum New(IObjectCreationOperation creation, Frame frame)
    {
        if (creation.Constructor is not { } constructor || creation.Type is not INamedTypeSymbol type)
        {
            throw new BrokenSourceException();
        }

        if (TorchNames.IsTorch(type))
        {
            return Initialize(TorchNames.IsModule(type) ? NewLayer(type, creation.Arguments, creation, frame) : new Outside(type.Name), creation, frame);
        }

        if (context.Declaration(type) is not null)
        {
            return Initialize(Construct(constructor, Bind(constructor, creation.Arguments, frame), creation.Syntax.GetLocation()), creation, frame);
        }

        return TorchNames.IsModule(type) ? throw Fail(CaptureRules.ExternalCall, creation, type.Name) : Initialize(NewLibrary(type, creation, frame), creation, frame);
    }

    /// <summary>Objects whose constructor or initializer is running.</summary>
    private readonly HashSet<int> _constructing = [];

    private Datum Initialize(Datum created, IObjectCreationOperation creation, Frame frame)
    {
        if (creation.Initializer is { } initializer)
        {
            _initialized.Push(created);
            var isOwn = created is Instance instance && _constructing.Add(instance.Id) ? instance.Id : 0;
            try
            {
                foreach (var member in initializer.Initializers)
                {
                    Evaluate(member, frame);
                }
            }
            finally
            {
                _initialized.Pop();
                _constructing.Remove(isOwn);
            }
        }

        return created;
    }

    /// <summary>Makes an object and runs its constructor.</summary>
    private Instance Construct(IMethodSymbol constructor, IReadOnlyList<Datum> arguments, Location location)
    {
        var instance = new Instance(context.NextId(), constructor.ContainingType);
        foreach (var field in InstanceFields(instance.Type))
        {
            Put(instance.Id, SlotOf(field), DefaultOf(field.Type));
        }

        _constructing.Add(instance.Id);
        RunConstructor(constructor, instance, arguments, location);
        _constructing.Remove(instance.Id);
        return instance;
    }

    /// <summary>Initializers of the class, then the base constructor, then the body; <c>this(...)</c> leaves the first two to the constructor it calls.</summary>
    private void RunConstructor(IMethodSymbol constructor, Instance instance, IReadOnlyList<Datum> arguments, Location location)
    {
        var definition = constructor.OriginalDefinition;
        var declaration = definition.IsImplicitlyDeclared ? null : context.Declaration(definition);
        var isPrimary = declaration is TypeDeclarationSyntax;
        var frame = new Frame(context.NextId(), null, instance, new(_guards.Count));
        for (var i = 0; i < arguments.Count; i++)
        {
            // The parameters of a primary constructor are in scope in the whole class.
            Put(isPrimary ? instance.Id : frame.Id, definition.Parameters[i], arguments[i]);
            if (isPrimary && definition.ContainingType.IsRecord && definition.ContainingType.GetMembers(definition.Parameters[i].Name).OfType<IPropertySymbol>().FirstOrDefault() is { } property)
            {
                Put(instance.Id, property, arguments[i]);
            }
        }

        var guards = _guards.Count;
        try
        {
            var body = declaration is ConstructorDeclarationSyntax ? context.Operation(declaration) as IConstructorBodyOperation : null;
            var chained = body?.Initializer is IExpressionStatementOperation { Operation: IInvocationOperation call } ? call : null;
            if (chained is not null && SymbolEqualityComparer.Default.Equals(chained.TargetMethod.ContainingType, definition.ContainingType))
            {
                Chain(chained, instance, frame);
            }
            else
            {
                RunInitializers(definition.ContainingType, instance, frame);
                RunBase(definition, chained ?? PrimaryBase(declaration), instance, frame, location);
            }

            if (body is not null && (body.BlockBody ?? body.ExpressionBody) is { } block)
            {
                Finish(Execute(block, frame), frame.Activation);
            }
        }
        finally
        {
            _guards.RemoveRange(guards, _guards.Count - guards);
        }
    }

    private void RunBase(IMethodSymbol constructor, IInvocationOperation? call, Instance instance, Frame frame, Location location)
    {
        var parent = constructor.ContainingType.BaseType;
        if (parent is null || parent.SpecialType is SpecialType.System_Object or SpecialType.System_ValueType || TorchNames.IsTorch(parent))
        {
            return;
        }

        if (call is not null)
        {
            Chain(call, instance, frame);
        }
        else if (context.Declaration(parent) is not null && parent.InstanceConstructors.FirstOrDefault(static c => c.Parameters.IsEmpty) is { } implicitly)
        {
            RunConstructor(implicitly, instance, [], location);
        }
        else
        {
            throw Fail(CaptureRules.ExternalCall, location, parent.Name);
        }
    }

    private void Chain(IInvocationOperation call, Instance instance, Frame frame)
    {
        var arguments = Bind(call.TargetMethod, call.Arguments, frame);
        if (context.Declaration(call.TargetMethod.ContainingType) is null)
        {
            throw Fail(CaptureRules.ExternalCall, call, call.TargetMethod.ContainingType.Name);
        }

        RunConstructor(call.TargetMethod, instance, arguments, call.Syntax.GetLocation());
    }

    private IInvocationOperation? PrimaryBase(SyntaxNode? declaration) =>
        (declaration as TypeDeclarationSyntax)?.BaseList?.Types.OfType<PrimaryConstructorBaseTypeSyntax>().FirstOrDefault() is { } parent ? context.Operation(parent) as IInvocationOperation : null;

    private void RunInitializers(INamedTypeSymbol type, Instance instance, Frame frame)
    {
        foreach (var member in context.Declarations(type).OfType<TypeDeclarationSyntax>().SelectMany(static d => d.Members))
        {
            switch (member)
            {
                case FieldDeclarationSyntax field:
                    foreach (var initializer in field.Declaration.Variables.Select(static v => v.Initializer))
                    {
                        RunInitializer(initializer, instance, frame);
                    }

                    break;
                case PropertyDeclarationSyntax property:
                    RunInitializer(property.Initializer, instance, frame);
                    break;
            }
        }
    }

    private void RunInitializer(EqualsValueClauseSyntax? syntax, Instance instance, Frame frame)
    {
        switch (syntax is null ? null : context.Operation(syntax))
        {
            case IFieldInitializerOperation { InitializedFields: [{ IsStatic: false } field] } initializer:
                Put(instance.Id, SlotOf(field), Evaluate(initializer.Value, frame));
                break;
            case IPropertyInitializerOperation { InitializedProperties: [{ IsStatic: false } property] } initializer:
                Put(instance.Id, property, Evaluate(initializer.Value, frame));
                break;
        }
    }

    /// <summary>The values of a record in the order of its primary constructor.</summary>
    private Seq<Datum> Positional(Instance record) =>
        record.Type.InstanceConstructors.Where(c => context.Declaration(c) is TypeDeclarationSyntax).SelectMany(static c => c.Parameters)
        .Select(p => record.Type.GetMembers(p.Name).OfType<IPropertySymbol>().FirstOrDefault() is { } property ? Find(record.Id, property) : null)
        .OfType<Datum>().ToSeq();
}
