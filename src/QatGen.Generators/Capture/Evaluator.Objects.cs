using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace QatGen.Generators.Capture;

/// <summary>Objects of classes with source: construction in C#'s order.</summary>
internal sealed partial class Evaluator
{
    private Datum New(IObjectCreationOperation creation, Frame frame)
    {
        if (creation.Constructor is not { } constructor || TypeOf(creation.Type) is not INamedTypeSymbol type)
        {
            throw new BrokenSourceException();
        }

        constructor = _types.Substitute(constructor, context.Compilation);

        return Initialize(NewOf(type, constructor, creation.Arguments, creation, frame), creation.Initializer, frame);
    }

    private Datum NewOf(INamedTypeSymbol type, IMethodSymbol constructor, IReadOnlyList<IArgumentOperation> arguments, IOperation site, Frame frame) =>
        TorchNames.IsTorch(type) ? TorchNames.IsModule(type) ? NewLayer(type, arguments, site, frame) : NewTorch(type, arguments, site, frame)
        : context.Declaration(type) is not null ? Construct(constructor, Bind(constructor, arguments, frame), site.Syntax.GetLocation())
        : TorchNames.IsModule(type) ? NewBlock(type, constructor, arguments, site, frame)
        : NewLibrary(type, arguments, site, frame);

    /// <summary>An object of TorchSharp that is no module: a parameter, or what plays no part.</summary>
    private Outside NewTorch(INamedTypeSymbol type, IReadOnlyList<IArgumentOperation> arguments, IOperation site, Frame frame)
    {
        var bound = BindNamed(arguments, frame);
        return bound.Any(a => HoldsTensor(a.Value)) ? throw Fail(CaptureRules.UnknownOperator, site, type.Name) : NewHeld(type.Name, type, null, bound);
    }

    /// <summary>Objects whose constructor or initializer is running.</summary>
    private readonly HashSet<int> _constructing = [];

    private Datum Initialize(Datum created, IObjectOrCollectionInitializerOperation? initializer, Frame frame)
    {
        if (initializer is not null)
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

    /// <summary>An object or list that an initializer fills inside another: <c>{ Inner = { A = 1 } }</c>.</summary>
    private Datum Initialize(IMemberInitializerOperation member, Frame frame) => Initialize(Evaluate(member.InitializedMember, frame), member.Initializer, frame);

    private Datum NewOfParameter(ITypeParameterObjectCreationOperation creation, Frame frame) =>
        TypeOf(creation.Type) is INamedTypeSymbol type && type.InstanceConstructors.FirstOrDefault(static c => c.Parameters.IsEmpty) is { } constructor
            ? Initialize(NewOf(type, constructor, [], creation, frame), creation.Initializer, frame)
            : throw Unsupported(creation, "the type is not known here");

    private Instance NewAnonymous(IAnonymousObjectCreationOperation creation, Frame frame)
    {
        var instance = new Instance(context.NextId(), (INamedTypeSymbol)creation.Type!);
        foreach (var member in creation.Initializers.OfType<ISimpleAssignmentOperation>())
        {
            Put(instance.Id, ((IPropertyReferenceOperation)member.Target).Property, Evaluate(member.Value, frame));
        }

        return instance;
    }

    /// <summary>The copy that <c>with</c> changes.</summary>
    private Datum Copy(Datum value, IOperation site)
    {
        if (value is not Instance original || HasOwnCopy(original.Type))
        {
            throw value is Scalar or Choice ? Undecided(value, site) : Unsupported(site, $"{value.Spelled} has a copy constructor of its own or is no record");
        }

        var copy = original with { Id = context.NextId() };
        foreach (var key in State(original.Type))
        {
            if (Find(original.Id, key) is { } kept)
            {
                Put(copy.Id, key, kept);
            }
        }

        return copy;
    }

    private bool HasOwnCopy(INamedTypeSymbol type) => type.IsRecord && TorchNames.Bases(type).OfType<INamedTypeSymbol>().SelectMany(static t => t.InstanceConstructors)
        .Any(c => !c.IsImplicitlyDeclared && c.Parameters.Length == 1 && SymbolEqualityComparer.Default.Equals(c.Parameters[0].Type, c.ContainingType));

    /// <summary>The slots that an object of a type can have: fields, automatic properties and parameters of primary constructors.</summary>
    private IEnumerable<ISymbol> State(INamedTypeSymbol type) => InstanceFields(type).Select(SlotOf)
        .Concat(TorchNames.Bases(type).OfType<INamedTypeSymbol>().SelectMany(static t => t.InstanceConstructors).Where(c => context.Declaration(c) is TypeDeclarationSyntax)
            .SelectMany(static c => c.Parameters))
        .Concat(type.IsAnonymousType ? type.GetMembers().OfType<IPropertySymbol>() : []);

    /// <summary>Whether two records hold equal values, as the operator that the compiler writes for them compares.</summary>
    private Datum AreEqualRecords(Instance a, Instance b, IOperation site) => !SymbolEqualityComparer.Default.Equals(a.Type, b.Type)
        ? new Constant(false)
        : InstanceFields(a.Type).Select(SlotOf).Aggregate((Datum)new Constant(true), (equal, key) =>
            Operate(BinaryOperatorKind.ConditionalAnd, equal, AreEqual(Find(a.Id, key)!, Find(b.Id, key)!, site), site, false));

    /// <summary>Makes an object and runs its constructor.</summary>
    private Instance Construct(IMethodSymbol constructor, IReadOnlyList<Datum> arguments, Location location)
    {
        var instance = new Instance(context.NextId(), constructor.ContainingType);
        if (IsKept(instance.Type))
        {
            return instance;
        }

        foreach (var field in InstanceFields(instance.Type))
        {
            Put(instance.Id, SlotOf(field), DefaultOf(field.Type));
        }

        _constructing.Add(instance.Id);
        RunConstructor(constructor, instance, arguments, location);
        _constructing.Remove(instance.Id);
        Keep(instance);
        return instance;
    }

    /// <summary>Initializers of the class, then the base constructor, then the body; <c>this(...)</c> leaves the first two to the constructor it calls.</summary>
    private void RunConstructor(IMethodSymbol constructor, Instance instance, IReadOnlyList<Datum> arguments, Location location)
    {
        var definition = Implementation(constructor);
        var declaration = definition.IsImplicitlyDeclared ? null : context.Declaration(definition);
        var isPrimary = declaration is TypeDeclarationSyntax;
        var frame = new Frame(context.NextId(), null, instance, new(_guards.Count, TypeArguments.None.With(constructor)));
        for (var i = 0; i < arguments.Count; i++)
        {
            // The parameters of a primary constructor are in scope in the whole class.
            Put(isPrimary ? instance.Id : frame.Id, definition.Parameters[i], arguments[i]);
            if (isPrimary && definition.ContainingType.IsRecord && definition.ContainingType.GetMembers(definition.Parameters[i].Name).OfType<IPropertySymbol>().FirstOrDefault() is { } property)
            {
                Put(instance.Id, property, arguments[i]);
            }
        }

        var (guards, types) = (_guards.Count, _types);
        _types = frame.Activation.Types;
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
                RunBase(constructor, chained ?? PrimaryBase(declaration), instance, frame, location);
            }

            if (body is not null && (body.BlockBody ?? body.ExpressionBody) is { } block)
            {
                Finish(Execute(block, frame), frame.Activation);
            }
        }
        finally
        {
            _types = types;
            _guards.RemoveRange(guards, _guards.Count - guards);
        }
    }

    private void RunBase(IMethodSymbol constructor, IInvocationOperation? call, Instance instance, Frame frame, Location location)
    {
        var parent = constructor.ContainingType.BaseType;
        if (parent is not null && call is not null && IsSequential(parent) && TorchNames.IsTorch(parent))
        {
            foreach (var argument in Bind(call.TargetMethod, call.Arguments, frame))
            {
                Append(instance, Enumerate(argument, call), call);
            }

            return;
        }

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
        var constructor = _types.Substitute(call.TargetMethod, context.Compilation);
        if (context.Declaration(constructor.ContainingType) is null)
        {
            throw Fail(CaptureRules.ExternalCall, call, constructor.ContainingType.Name);
        }

        RunConstructor(constructor, instance, arguments, call.Syntax.GetLocation());
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
