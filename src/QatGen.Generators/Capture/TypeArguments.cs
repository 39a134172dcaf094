using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace QatGen.Generators.Capture;

/// <summary>What the type parameters in scope stand for: those of a generic method and of the generic classes around it.</summary>
internal sealed class TypeArguments
{
    private static readonly SymbolEqualityComparer Same = SymbolEqualityComparer.Default;

    private readonly ImmutableDictionary<ITypeSymbol, ITypeSymbol> _arguments;

    private TypeArguments(ImmutableDictionary<ITypeSymbol, ITypeSymbol> arguments) => _arguments = arguments;

    public static TypeArguments None { get; } = new(ImmutableDictionary.Create<ITypeSymbol, ITypeSymbol>(Same));

    /// <summary>These and the arguments of a method whose own arguments are known.</summary>
    public TypeArguments With(IMethodSymbol method)
    {
        var outer = method.ContainingType is { } type ? With(type) : this;
        return method.IsGenericMethod ? new(outer._arguments.SetItems(Pairs(method.OriginalDefinition.TypeParameters, method.TypeArguments))) : outer;
    }

    /// <summary>These and the arguments of a type and of the types around it.</summary>
    public TypeArguments With(INamedTypeSymbol type)
    {
        var arguments = _arguments;
        for (INamedTypeSymbol? outer = type; outer is not null; outer = outer.ContainingType)
        {
            arguments = arguments.SetItems(Pairs(outer.OriginalDefinition.TypeParameters, outer.TypeArguments));
        }

        return arguments == _arguments ? this : new(arguments);
    }

    /// <summary>A type with its type parameters replaced.</summary>
    public ITypeSymbol Substitute(ITypeSymbol type, Compilation compilation) => _arguments.IsEmpty ? type : type switch
    {
        ITypeParameterSymbol => _arguments.TryGetValue(type, out var argument) ? argument : type,
        IArrayTypeSymbol array => compilation.CreateArrayTypeSymbol(Substitute(array.ElementType, compilation), array.Rank),
        INamedTypeSymbol named => Substitute(named, compilation),
        _ => type,
    };

    /// <summary>A method as it is called where these arguments hold.</summary>
    public IMethodSymbol Substitute(IMethodSymbol method, Compilation compilation)
    {
        if (_arguments.IsEmpty)
        {
            return method;
        }

        var member = Member(method, compilation);
        return method.IsGenericMethod ? member.ConstructedFrom.Construct([.. method.TypeArguments.Select(t => Substitute(t, compilation))]) : member;
    }

    /// <summary>A member of a generic class as a member of the class that these arguments make of it.</summary>
    public T Member<T>(T member, Compilation compilation)
        where T : class, ISymbol
    {
        if (_arguments.IsEmpty || member.ContainingType is not { } container || Substitute(container, compilation) is var actual && Same.Equals(actual, container))
        {
            return member;
        }

        return actual.GetMembers(member.Name).OfType<T>().FirstOrDefault(m => Same.Equals(m.OriginalDefinition, member.OriginalDefinition)) ?? member;
    }

    private INamedTypeSymbol Substitute(INamedTypeSymbol type, Compilation compilation)
    {
        var container = type.ContainingType is { } outer ? Substitute(outer, compilation) : null;
        var definition = container?.GetTypeMembers(type.Name, type.Arity).FirstOrDefault() ?? type.OriginalDefinition;
        return type.Arity == 0 ? container is null ? type : definition : definition.ConstructedFrom.Construct([.. type.TypeArguments.Select(t => Substitute(t, compilation))]);
    }

    private static IEnumerable<KeyValuePair<ITypeSymbol, ITypeSymbol>> Pairs(IEnumerable<ITypeParameterSymbol> parameters, IEnumerable<ITypeSymbol> arguments) =>
        parameters.Zip(arguments, static (p, a) => new KeyValuePair<ITypeSymbol, ITypeSymbol>(p, a)).Where(static p => !Same.Equals(p.Key, p.Value));
}
