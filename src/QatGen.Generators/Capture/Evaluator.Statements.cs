using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Operations;

namespace QatGen.Generators.Capture;

/// <summary>How a statement ends.</summary>
internal enum Signal
{
    Next,
    Return,
    Break,
    Continue,
}

/// <summary>Statements.</summary>
internal sealed partial class Evaluator
{
    private Signal Execute(IOperation statement, Frame frame) => context.Step(statement, _path, () => statement switch
    {
        IBlockOperation block => ExecuteAll(block.Operations, block.Locals.IsEmpty && !block.Operations.Any(static o => o is ILocalFunctionOperation) ? frame : frame.Block(context.NextId())),
        IExpressionStatementOperation expression => Done(Evaluate(expression.Operation, frame)),
        IVariableDeclarationGroupOperation group => Declare(group, frame),
        IUsingDeclarationOperation declaration => Declare(declaration.DeclarationGroup, frame),
        IUsingOperation scope => Using(scope, frame),
        IReturnOperation { Kind: OperationKind.Return } end => Return(end, frame),
        IReturnOperation { Kind: OperationKind.YieldReturn, ReturnedValue: { } item } => Yield(item, frame),
        IReturnOperation { Kind: OperationKind.YieldBreak } => Signal.Return,
        IConditionalOperation choice => Branch(
            Evaluate(choice.Condition, frame), choice.Condition, frame.Activation, () => Execute(choice.WhenTrue, frame), () => choice.WhenFalse is { } no ? Execute(no, frame) : Signal.Next),
        IForEachLoopOperation loop => ForEach(loop, frame),
        IForLoopOperation loop => For(loop, frame.Block(context.NextId())),
        IWhileLoopOperation loop => While(loop, frame),
        IBranchOperation { BranchKind: BranchKind.Break } => Signal.Break,
        IBranchOperation { BranchKind: BranchKind.Continue } => Signal.Continue,
        ISwitchOperation choice => Switch(choice, Evaluate(choice.Value, frame), 0, frame.Block(context.NextId())),
        ITryOperation attempt => Try(attempt, frame),
        ILocalFunctionOperation or IEmptyOperation => Signal.Next,
        ILabeledOperation { Operation: { } inner } => Execute(inner, frame),
        IThrowOperation thrown => throw new PathThrowsException(thrown.Syntax.GetLocation()),
        IInvalidOperation => throw new BrokenSourceException(),
        _ => throw Unsupported(statement, $"{Describe(statement)} is not among the supported statements"),
    });

    private Signal ExecuteAll(IEnumerable<IOperation> statements, Frame frame)
    {
        foreach (var function in statements.OfType<ILocalFunctionOperation>())
        {
            Put(frame.Id, function.Symbol, new Function(function.Symbol, function.Body, frame, frame.Self));
        }

        foreach (var statement in statements)
        {
            var signal = Execute(statement, frame);
            if (signal != Signal.Next)
            {
                return signal;
            }
        }

        return Signal.Next;
    }

    private static Signal Done(Datum _) => Signal.Next;

    private Signal Declare(IVariableDeclarationGroupOperation group, Frame frame)
    {
        foreach (var declaration in group.Declarations)
        {
            foreach (var declarator in declaration.Declarators)
            {
                var initializer = declarator.Initializer ?? declaration.Initializer;
                if (declarator.Symbol.IsRef)
                {
                    throw Unsupported(declarator, "a reference variable stands for another one");
                }

                var value = initializer is null ? Outside.Unassigned : Evaluate(initializer.Value, frame);
                Put(frame.Id, declarator.Symbol, value);
            }
        }

        return Signal.Next;
    }

    private Signal Using(IUsingOperation scope, Frame frame)
    {
        frame = frame.Block(context.NextId());
        if (scope.Resources is IVariableDeclarationGroupOperation group)
        {
            Declare(group, frame);
        }
        else
        {
            Evaluate(scope.Resources, frame);
        }

        return Execute(scope.Body, frame);
    }

    private Signal Return(IReturnOperation end, Frame frame)
    {
        frame.Activation.Result = end.ReturnedValue is { } value ? Evaluate(value, frame) : Outside.Nothing;
        return Signal.Return;
    }

    /// <summary>Hands a value to who enumerates; how many there are must be decided.</summary>
    private Signal Yield(IOperation site, Frame frame)
    {
        var (item, activation) = (Evaluate(site, frame), frame.Activation);
        var guards = _guards.Count;
        if (guards > activation.Guards + activation.ConsumerGuards)
        {
            throw Undecided(_guards[guards - 1].Condition, site);
        }

        var goesOn = activation.Consumer!(item);
        activation.ConsumerGuards += _guards.Count - guards;
        return goesOn ? Signal.Next : Signal.Return;
    }

    private Signal Try(ITryOperation attempt, Frame frame)
    {
        Signal signal;
        try
        {
            signal = Execute(attempt.Body, frame);
        }
        catch (PathThrowsException) when (!attempt.Catches.IsEmpty)
        {
            throw Unsupported(attempt, "it throws and catches an exception");
        }

        return attempt.Finally is { } last && Execute(last, frame) is var ending && ending != Signal.Next ? ending : signal;
    }

    /// <summary>Tries the cases in order; an undecided one forks.</summary>
    private Signal Switch(ISwitchOperation choice, Datum value, int index, Frame frame)
    {
        if (index == choice.Cases.Length)
        {
            var otherwise = choice.Cases.FirstOrDefault(static c => c.Clauses.Any(static x => x is IDefaultCaseClauseOperation));
            return otherwise is null ? Signal.Next : Body(otherwise);
        }

        var section = choice.Cases[index];
        var matches = section.Clauses.Where(static c => c is not IDefaultCaseClauseOperation).Select(c => (Func<Datum>)(() => Clause(c, value, frame))).ToArray();
        return Any(0);

        Signal Any(int clause) => clause == matches.Length
            ? Switch(choice, value, index + 1, frame)
            : Branch(matches[clause](), choice.Value, frame.Activation, () => Body(section), () => Any(clause + 1));

        Signal Body(ISwitchCaseOperation body) => ExecuteAll(body.Body, frame) is var signal && signal == Signal.Break ? Signal.Next : signal;
    }

    private Datum Clause(ICaseClauseOperation clause, Datum value, Frame frame) => clause switch
    {
        ISingleValueCaseClauseOperation single => AreEqual(value, Evaluate(single.Value, frame), single),
        IPatternCaseClauseOperation { Guard: null } pattern => Match(pattern.Pattern, value, frame),
        IPatternCaseClauseOperation { Guard: { } guard } pattern => Conditional(Match(pattern.Pattern, value, frame), pattern, () => Evaluate(guard, frame), static () => new Constant(false)),
        IRelationalCaseClauseOperation relational => Operate(relational.Relation, value, Evaluate(relational.Value, frame), relational, false),
        _ => throw Unsupported(clause, "this kind of case is not supported"),
    };

    private static string Describe(IOperation operation) => operation.Kind == OperationKind.None ? ((CSharpSyntaxNode)operation.Syntax).Kind().ToString() : operation.Kind.ToString();
}
