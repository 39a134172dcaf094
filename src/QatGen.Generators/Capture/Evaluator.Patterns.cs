using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace QatGen.Generators.Capture;

/// <summary>Patterns: a flag, known or symbolic.</summary>
internal sealed partial class Evaluator
{
    private Datum Match(IPatternOperation pattern, Datum value, Frame frame) => Map(value, pattern, v => pattern switch
    {
        IConstantPatternOperation constant => AreEqual(Align(v, constant.Value, frame), Evaluate(constant.Value, frame), pattern),
        IRelationalPatternOperation relational => Operate(relational.OperatorKind, Align(v, relational.Value, frame), Evaluate(relational.Value, frame), pattern, false),
        INegatedPatternOperation negated => Map(Match(negated.Pattern, v, frame), pattern, m => Scalars.Unary(UnaryOperatorKind.Not, m)!),
        IBinaryPatternOperation { OperatorKind: BinaryOperatorKind.Or } or =>
            Conditional(Match(or.LeftPattern, v, frame), pattern, static () => new Constant(true), () => Match(or.RightPattern, v, frame)),
        IBinaryPatternOperation and => Conditional(Match(and.LeftPattern, v, frame), pattern, () => Match(and.RightPattern, v, frame), static () => new Constant(false)),
        IDiscardPatternOperation => new Constant(true),
        IDeclarationPatternOperation { MatchesNull: false } or ITypePatternOperation or IRecursivePatternOperation when v is Outside => Unknown(pattern, v, frame),
        IDeclarationPatternOperation { MatchesNull: true } any => Bind(any.DeclaredSymbol, v, true, frame),
        IDeclarationPatternOperation declaration => Bind(declaration.DeclaredSymbol, v, Is(v, TypeOf(declaration.MatchedType)!, pattern), frame),
        ITypePatternOperation type => new Constant(Is(v, TypeOf(type.MatchedType)!, pattern)),
        IRecursivePatternOperation recursive => MatchRecursive(recursive, v, frame),
        ISlicePatternOperation slice => slice.Pattern is { } inner ? Match(inner, v, frame) : new Constant(true),
        IListPatternOperation list => MatchList(list, v, frame),
        _ => throw Unsupported(pattern, "this pattern is not supported"),
    });

    /// <summary>A number in the type of the constant that it is compared with.</summary>
    private Datum Align(Datum value, IOperation constant, Frame frame) =>
        value is Constant { Value: not null } number && Evaluate(constant, frame) is Constant { Value: { } other } && number.Value.GetType() != other.GetType() && constant.Type is { } type
            ? new Constant(Scalars.Cast(number.Value, type))
            : value;

    /// <summary>The type of what plays no part is not known; both outcomes are tried.</summary>
    private Scalar Unknown(IPatternOperation pattern, Datum value, Frame frame)
    {
        var symbol = pattern switch { IDeclarationPatternOperation d => d.DeclaredSymbol, IRecursivePatternOperation r => r.DeclaredSymbol, _ => null };
        Bind(symbol, value, true, frame);
        return new(SourceText.Of(pattern), Level.Hyper, context.NextId());
    }

    private Datum Bind(ISymbol? symbol, Datum value, bool matches, Frame frame)
    {
        if (matches && symbol is not null)
        {
            Put(frame.Id, symbol, value);
        }

        return new Constant(matches);
    }

    private Datum MatchRecursive(IRecursivePatternOperation pattern, Datum value, Frame frame)
    {
        if (!Is(value, TypeOf(pattern.MatchedType)!, pattern))
        {
            return new Constant(false);
        }

        Datum matches = Bind(pattern.DeclaredSymbol, value, true, frame);
        if (!pattern.DeconstructionSubpatterns.IsEmpty)
        {
            var items = Deconstructed(value, pattern.DeconstructionSubpatterns.Length, pattern);
            matches = MatchAll(matches, pattern.DeconstructionSubpatterns, i => items[i], frame);
        }

        foreach (var part in pattern.PropertySubpatterns)
        {
            if (part.Member is not IMemberReferenceOperation member)
            {
                throw Unsupported(part, "this pattern is not supported");
            }

            var rest = matches;
            matches = Conditional(rest, part, () => Match(part.Pattern, Member(value, member.Member, member, frame), frame), static () => new Constant(false));
        }

        return matches;
    }

    private Datum MatchAll(Datum matches, IReadOnlyList<IPatternOperation> patterns, Func<int, Datum> items, Frame frame)
    {
        for (var i = 0; i < patterns.Count; i++)
        {
            var (rest, part, item) = (matches, patterns[i], i);
            matches = Conditional(rest, part, () => Match(part, items(item), frame), static () => new Constant(false));
        }

        return matches;
    }

    /// <summary>A list pattern; at most one slice stands for the items between the first and last patterns.</summary>
    private Datum MatchList(IListPatternOperation pattern, Datum value, Frame frame)
    {
        var items = value is Constant { Value: string text } ? text.Select(static c => new Constant(c)).ToArray() : Items(value, pattern);
        var slice = pattern.Patterns.ToList().FindIndex(static p => p is ISlicePatternOperation);
        var rest = items.Count - (pattern.Patterns.Length - 1);
        if (slice < 0 ? rest != 1 : rest < 0)
        {
            return new Constant(false);
        }

        Datum At(int index) => index == slice ? NewList(items.Skip(slice).Take(rest)) : items[slice < 0 || index < slice ? index : index - 1 + rest];
        return MatchAll(Bind(pattern.DeclaredSymbol, value, true, frame), pattern.Patterns, At, frame);
    }

    /// <summary>Whether a value that is not null is of a type.</summary>
    private bool Is(Datum value, ITypeSymbol type, IOperation site) => value switch
    {
        Constant { Value: null } => false,
        Instance { Type: var own } => Derives(own, type),
        Layer { Type: var own } => Derives(own, type),
        Constant or TupleOf or ListOf or MapOf or Sequence or Function when site is IPatternOperation { InputType: var input } && (Same(TypeOf(input), type) || Same(Scalars.Unwrap(TypeOf(input)), type)) => true,
        TensorRef when TorchNames.IsTensor(type) => true,
        _ => throw Undecided(value, site),
    };

    private static bool Derives(ITypeSymbol type, ITypeSymbol other) =>
        TorchNames.Bases(type).Concat(type.AllInterfaces).Any(t => Same(t, other));

    private static bool Same(ITypeSymbol? type, ITypeSymbol other) => SymbolEqualityComparer.Default.Equals(type, other);
}
