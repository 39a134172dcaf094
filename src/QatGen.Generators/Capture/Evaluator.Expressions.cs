using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace QatGen.Generators.Capture;

/// <summary>Expressions.</summary>
internal sealed partial class Evaluator
{
    // Collection expressions have a typed API only in later compilers; in 4.8 itself they have no kind at all.
    private const OperationKind CollectionExpression = (OperationKind)0x7f;
    private const int LongestExpression = 4000;
    private const int LongestList = 10_000;
    private const OperationKind Spread = (OperationKind)0x80;

    /// <summary>The receivers of the <c>?.</c> that are being evaluated.</summary>
    private readonly Stack<Datum> _receivers = new();

    /// <summary>The objects whose initializers are being evaluated.</summary>
    private readonly Stack<Datum> _initialized = new();

    private Datum Evaluate(IOperation expression, Frame frame)
    {
        var value = Resolve(context.Step(expression, _path, () => expression.ConstantValue is { HasValue: true, Value: var constant } ? new Constant(constant) : EvaluateCore(expression, frame)));
        value = Records ? Read(value, expression) : value;
        return value is Scalar { Expression.Length: > LongestExpression } or Constant { Value: string { Length: > LongestExpression } }
            ? throw Fail(CaptureRules.Budget, expression, SourceText.Of(expression))
            : value;
    }

    private Datum EvaluateCore(IOperation expression, Frame frame) => expression switch
    {
        IParenthesizedOperation inner => Evaluate(inner.Operand, frame),
        IConversionOperation conversion => Convert(conversion, frame),
        ILocalReferenceOperation local => Variable(local.Local, frame, local),
        IParameterReferenceOperation parameter => Variable(parameter.Parameter, frame, parameter),
        IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance } self => frame.Self ?? throw Unsupported(self, "there is no object here"),
        IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ImplicitReceiver } when _initialized.Count > 0 => _initialized.Peek(),
        IFieldReferenceOperation field => Field(field, frame),
        IPropertyReferenceOperation property => Property(property, frame),
        IArrayElementReferenceOperation { Indices.Length: 1 } element => Element(Evaluate(element.ArrayReference, frame), Evaluate(element.Indices[0], frame), element),
        IImplicitIndexerReferenceOperation element => Element(Evaluate(element.Instance, frame), Evaluate(element.Argument, frame), element),
        IMemberInitializerOperation member => Initialize(member, frame),
        ISimpleAssignmentOperation assignment => Assign(assignment.Target, Evaluate(assignment.Value, frame), frame, assignment),
        ICompoundAssignmentOperation assignment => AssignCompound(assignment, frame),
        ICoalesceAssignmentOperation assignment => AssignCoalesce(assignment, frame),
        IIncrementOrDecrementOperation step => Increment(step, frame),
        IDeconstructionAssignmentOperation assignment => Assign(assignment.Target, Evaluate(assignment.Value, frame), frame, assignment),
        IDeclarationExpressionOperation declaration => Evaluate(declaration.Expression, frame),
        ITupleOperation tuple => new TupleOf(tuple.Elements.Select(e => Evaluate(e, frame)).ToSeq()),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.ConditionalOr } logic => ShortCircuit(logic, frame),
        IBinaryOperation { OperatorMethod: { } method } binary => CallOperator(method, [binary.LeftOperand, binary.RightOperand], binary, frame),
        IBinaryOperation binary => Operate(binary.OperatorKind, Evaluate(binary.LeftOperand, frame), Evaluate(binary.RightOperand, frame), binary, binary.IsChecked),
        ITupleBinaryOperation binary => CompareTuples(binary, frame),
        IUnaryOperation { OperatorMethod: { } method } unary => CallOperator(method, [unary.Operand], unary, frame),
        IUnaryOperation unary => Map(Evaluate(unary.Operand, frame), unary, v => Scalars.Unary(unary.OperatorKind, v) ?? throw Unsupported(unary, "this operator is not supported here")),
        IConditionalOperation { WhenFalse: { } no } choice => Conditional(Evaluate(choice.Condition, frame), choice.Condition, () => Evaluate(choice.WhenTrue, frame), () => Evaluate(no, frame)),
        ICoalesceOperation coalesce => Map(Evaluate(coalesce.Value, frame), coalesce, v => UnlessNull(v, coalesce, () => Evaluate(coalesce.WhenNull, frame), () => v)),
        IConditionalAccessOperation access => Access(access, frame),
        IConditionalAccessInstanceOperation when _receivers.Count > 0 => _receivers.Peek(),
        IIsPatternOperation pattern => Match(pattern.Pattern, Evaluate(pattern.Value, frame), frame),
        IIsTypeOperation test => Map(Evaluate(test.ValueOperand, frame), test, v => new Constant(Is(v, TypeOf(test.TypeOperand)!, test) != test.IsNegated)),
        ISwitchExpressionOperation choice => SwitchExpression(choice, Evaluate(choice.Value, frame), 0, frame),
        IDefaultValueOperation value => DefaultOf(TypeOf(value.Type)),
        IInterpolatedStringOperation text => Interpolate(text, frame),
        IArrayCreationOperation array => NewArray(array, frame),
        IArrayInitializerOperation array => NewList(array.ElementValues.Select(e => Evaluate(e, frame)).ToArray()),
        IDelegateCreationOperation creation => Evaluate(creation.Target, frame),
        IAnonymousFunctionOperation lambda => new Function(lambda.Symbol, lambda.Body, frame, frame.Self),
        IMethodReferenceOperation { Method.MethodKind: MethodKind.LocalFunction } function => Variable(function.Method.OriginalDefinition, frame, function),
        IMethodReferenceOperation group => new Function(group.Method, null, null, group.Instance is { } instance ? Evaluate(instance, frame) : null),
        IObjectCreationOperation creation => New(creation, frame),
        ITypeParameterObjectCreationOperation creation => NewOfParameter(creation, frame),
        IAnonymousObjectCreationOperation creation => NewAnonymous(creation, frame),
        IWithOperation { CloneMethod: null or { IsImplicitlyDeclared: true } } with => Initialize(Copy(Evaluate(with.Operand, frame), with), with.Initializer, frame),
        IInvocationOperation call => Call(call, frame),
        IThrowOperation thrown => throw new PathThrowsException(thrown.Syntax.GetLocation()),
        ITypeOfOperation or ISizeOfOperation => new Outside(SourceText.Of(expression)),
        IRangeOperation range => new RangeOf(
            range.LeftOperand is { } left ? Evaluate(left, frame) : new Constant(0), range.RightOperand is { } right ? Evaluate(right, frame) : new FromEnd(0)),
        ITranslatedQueryOperation query => Evaluate(query.Operation, frame),
        IDiscardOperation => Outside.Nothing,
        IInvalidOperation => throw new BrokenSourceException(),
        _ when expression.Kind == CollectionExpression || (expression.Kind == OperationKind.None && expression.Syntax is CollectionExpressionSyntax) => NewCollection(expression, frame),
        _ => throw Unsupported(expression, $"{Describe(expression)} is not among the supported expressions"),
    };

    private Datum Convert(IConversionOperation conversion, Frame frame)
    {
        if (conversion.OperatorMethod is { } method && !TorchNames.IsTorch(method))
        {
            // A library's conversion of a list to a span, or of a number to an index, keeps the value.
            return method.ContainingType.Name is "Index" or "Span" or "ReadOnlySpan" or "Memory" or "ReadOnlyMemory" && context.Declaration(method.OriginalDefinition) is null
                ? Evaluate(conversion.Operand, frame)
                : CallOperator(method, [conversion.Operand], conversion, frame);
        }

        var value = Evaluate(conversion.Operand, frame);
        if (conversion.OperatorMethod is not null)
        {
            return Map(value, conversion, v => ConvertTorch(v, conversion));
        }

        if (TypeOf(conversion.Operand.Type) is { TypeKind: TypeKind.Enum } && TypeOf(conversion.Type) is { IsReferenceType: true })
        {
            throw Unsupported(conversion, "an enum is used as an object or text; use an interpolated string");
        }

        return Map(value, conversion, v => v switch
        {
            Constant { Value: var constant } => new Constant(Arithmetic(() => Scalars.Cast(constant, TypeOf(conversion.Type), conversion.IsChecked), conversion)),
            Scalar scalar when ChangesNumber(conversion) => Scalars.Cast(scalar, conversion.Type!),
            Dimension when ChangesNumber(conversion) && conversion.Type is { SpecialType: SpecialType.System_Single or SpecialType.System_Double } real =>
                Scalars.Of($"({real.ToDisplayString()})({v.Spelled})", v),
            Instance or Layer when conversion.IsTryCast => Is(v, TypeOf(conversion.Type)!, conversion) ? v : Constant.Null,
            _ => v,
        });
    }

    /// <summary>Whether a conversion can change a number or how it is computed with: all but the implicit ones between integers.</summary>
    private static bool ChangesNumber(IConversionOperation conversion) =>
        conversion.Operand.Type is { SpecialType: >= SpecialType.System_Char and <= SpecialType.System_Double and var from }
        && conversion.Type is { SpecialType: >= SpecialType.System_Char and <= SpecialType.System_Double and var to }
        && from != to && !(conversion.IsImplicit && to < SpecialType.System_Decimal);

    private T Arithmetic<T>(Func<T> compute, IOperation site)
    {
        try
        {
            return compute();
        }
        catch (ArithmeticException)
        {
            throw Unsupported(site, "it overflows or divides by zero");
        }
    }

    private Datum Operate(BinaryOperatorKind kind, Datum left, Datum right, IOperation site, bool isChecked) => Map(left, right, site, (a, b) =>
        kind is BinaryOperatorKind.Equals ? AreEqual(a, b, site)
        : kind is BinaryOperatorKind.NotEquals ? Scalars.Unary(UnaryOperatorKind.Not, AreEqual(a, b, site))!
        : Arithmetic(() => Scalars.Binary(kind, a, b, isChecked), site) ?? throw Unsupported(site, $"{Scalars.Symbol(kind)} is not supported between {a.Spelled} and {b.Spelled}"));

    private Datum AreEqual(Datum left, Datum right, IOperation site) => Map(left, right, site, (a, b) => (a, b) switch
    {
        (Constant, Constant) or (Constant { Value: not null } or Scalar or Dimension, Constant { Value: not null } or Scalar or Dimension) =>
            Scalars.Binary(BinaryOperatorKind.Equals, a, b, false) ?? throw Unsupported(site, "these values cannot be compared"),
        (Scalar, _) or (_, Scalar) => Scalars.Of($"({a.Spelled} == {b.Spelled})", a, b),
        (Outside, _) or (_, Outside) => new Scalar(SourceText.Of(site), Level.Hyper, context.NextId()),
        (Constant { Value: null }, _) or (_, Constant { Value: null }) => new Constant(false),
        (Instance { Type.IsRecord: true } x, Instance { Type.IsRecord: true } y) => AreEqualRecords(x, y, site),
        (Instance or Layer or ListOf or TensorRef, Instance or Layer or ListOf or TensorRef) => new Constant(a.Equals(b)),
        _ => throw Unsupported(site, "these values cannot be compared"),
    });

    private Datum CompareTuples(ITupleBinaryOperation binary, Frame frame) =>
        CompareTuples(Evaluate(binary.LeftOperand, frame), Evaluate(binary.RightOperand, frame), binary) is var equal && binary.OperatorKind == BinaryOperatorKind.Equals
            ? equal
            : Scalars.Unary(UnaryOperatorKind.Not, equal)!;

    private Datum CompareTuples(Datum left, Datum right, IOperation site) => (left, right) switch
    {
        (TupleOf { Items: var a }, TupleOf { Items: var b }) when a.Count == b.Count =>
            a.Zip(b, (x, y) => CompareTuples(x, y, site)).Aggregate((Datum)new Constant(true), (all, same) => Operate(BinaryOperatorKind.ConditionalAnd, all, same, site, false)),
        _ => AreEqual(left, right, site),
    };

    private Datum ShortCircuit(IBinaryOperation logic, Frame frame)
    {
        var or = logic.OperatorKind == BinaryOperatorKind.ConditionalOr;
        Datum Right() => Evaluate(logic.RightOperand, frame);
        Datum Decided() => new Constant(or);
        return Map(Evaluate(logic.LeftOperand, frame), logic, left =>
        {
            switch (left)
            {
                case Constant { Value: bool flag }:
                    return flag == or ? left : Right();
                case Scalar { Known: bool known }:
                    return known == or ? left : Right();
                case Scalar { Level: Level.Hyper } scalar:
                    var (yes, no) = Fork(scalar, logic, (Datum)Outside.Nothing, or ? Decided : Right, or ? Right : Decided);
                    var right = or ? no : yes;
                    return right.Throws is null ? Operate(logic.OperatorKind, left, right.Result, logic, false) : new Constant(or);
                default:
                    return Operate(logic.OperatorKind, left, Right(), logic, false);
            }
        });
    }

    /// <summary>Decides by whether a value is null.</summary>
    private Datum UnlessNull(Datum value, IOperation site, Func<Datum> whenNull, Func<Datum> otherwise) => value switch
    {
        Constant { Value: null } => whenNull(),
        Scalar or Outside => Conditional(AreEqual(value, Constant.Null, site), site, whenNull, otherwise),
        _ => otherwise(),
    };

    private Datum Access(IConditionalAccessOperation access, Frame frame) => Map(Evaluate(access.Operation, frame), access, receiver => UnlessNull(receiver, access, static () => Constant.Null, () =>
    {
        _receivers.Push(receiver);
        try
        {
            return Evaluate(access.WhenNotNull, frame);
        }
        finally
        {
            _receivers.Pop();
        }
    }));

    private Datum SwitchExpression(ISwitchExpressionOperation choice, Datum value, int index, Frame frame)
    {
        if (index == choice.Arms.Length)
        {
            throw new PathThrowsException(choice.Syntax.GetLocation());
        }

        var arm = choice.Arms[index];
        var matches = Match(arm.Pattern, value, frame);
        if (arm.Guard is { } guard)
        {
            matches = Conditional(matches, arm, () => Evaluate(guard, frame), static () => new Constant(false));
        }

        return Conditional(matches, choice.Value, () => Evaluate(arm.Value, frame), () => SwitchExpression(choice, value, index + 1, frame));
    }

    private Datum Interpolate(IInterpolatedStringOperation text, Frame frame)
    {
        var parts = text.Parts.Select(part => part switch
        {
            IInterpolatedStringTextOperation literal => new Constant(literal.Text.ConstantValue.Value),
            IInterpolationOperation hole => Hole(hole, frame),
            _ => throw Unsupported(part, "this kind of interpolation is not supported"),
        }).ToArray();
        return parts.All(static p => p is Constant)
            ? new Constant(string.Concat(parts.Select(static p => Scalars.Text(((Constant)p).Value))))
            : Scalars.Of("$" + string.Join(" + ", parts.Select(static p => p.Spelled)), parts);
    }

    private Datum Hole(IInterpolationOperation hole, Frame frame)
    {
        var operand = hole.Expression is IConversionOperation { IsImplicit: true } boxing ? boxing.Operand : hole.Expression;
        var value = Evaluate(operand, frame);
        var name = operand.Type is INamedTypeSymbol { TypeKind: TypeKind.Enum } type && value is Constant { Value: var member }
            ? type.GetMembers().OfType<IFieldSymbol>().FirstOrDefault(f => Equals(f.ConstantValue, member))?.Name
            : null;
        return value switch
        {
            _ when name is not null => new Constant(name),
            Constant { Value: var constant } when hole.Alignment is null && hole.FormatString is null && Scalars.HasText(constant) => new Constant(Scalars.Text(constant)),
            Constant { Value: int or long } and { Value: IFormattable number } when hole.Alignment is null && hole.FormatString is { ConstantValue.Value: string format } =>
                new Constant(number.ToString(format, CultureInfo.InvariantCulture)),
            Scalar => value,
            _ => throw Unsupported(hole, "its text is not known at compile time"),
        };
    }

    private Datum NewArray(IArrayCreationOperation array, Frame frame)
    {
        if (array.DimensionSizes.Length != 1)
        {
            throw Unsupported(array, "arrays of several dimensions are not supported");
        }

        if (array.Initializer is { } initializer)
        {
            return NewList(initializer.ElementValues.Select(e => Evaluate(e, frame)).ToArray());
        }

        var size = Evaluate(array.DimensionSizes[0], frame);
        return Scalars.Cast((size as Constant)?.Value ?? throw Undecided(size, array.DimensionSizes[0]), null) is var count && count is int or long
            ? NewList(Enumerable.Repeat(DefaultOf(TypeOf((array.Type as IArrayTypeSymbol)?.ElementType)), Size(count, array)))
            : throw Undecided(size, array.DimensionSizes[0]);
    }

    private int Size(object? count, IOperation site) =>
        System.Convert.ToInt64(count, CultureInfo.InvariantCulture) is >= 0 and <= LongestList and var size ? (int)size : throw Fail(CaptureRules.Budget, site, SourceText.Of(site));

    private Datum NewCollection(IOperation collection, Frame frame)
    {
        var items = new List<Datum>();
        foreach (var element in collection.ChildOperations.Where(static e => e is not IArgumentOperation))
        {
            var spread = element.Kind == Spread || (element.Kind == OperationKind.None && element.Syntax is SpreadElementSyntax);
            if (spread)
            {
                items.AddRange(Enumerate(Evaluate(element.ChildOperations.First(), frame), element));
            }
            else
            {
                items.Add(Evaluate(element, frame));
            }
        }

        return collection.Type switch
        {
            { Name: "HashSet" } => NewMap(items.Select(static x => (x, x)), collection, replaces: true),
            { Name: "Dictionary" } => NewMap(items.Select(Pair), collection),
            { Name: "Stack" } => NewList(Enumerable.Reverse(items)),
            INamedTypeSymbol type when TorchNames.IsModule(type) => NewLayer(type, items, collection),
            _ => NewList(items),
        };
    }

    private static Datum DefaultOf(ITypeSymbol? type) => type switch
    {
        null or { IsReferenceType: true } or INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } => Constant.Null,
        { SpecialType: SpecialType.System_Boolean } => new Constant(false),
        { SpecialType: >= SpecialType.System_SByte and <= SpecialType.System_Double } or { TypeKind: TypeKind.Enum } =>
            new Constant(Scalars.Cast(0, type)),
        INamedTypeSymbol { IsTupleType: true } tuple => new TupleOf(tuple.TupleElements.Select(static e => DefaultOf(e.Type)).ToSeq()),
        _ => new Outside($"a default {type.Name}"),
    };
}
