using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace QatGen.Generators.Capture;

/// <summary>Loops, unrolled: how often they run must be known.</summary>
internal sealed partial class Evaluator
{
    private Signal ForEach(IForEachLoopOperation loop, Frame frame)
    {
        if (loop.IsAsynchronous)
        {
            throw Unsupported(loop, "asynchronous code has no fixed order");
        }

        foreach (var item in Enumerate(Evaluate(loop.Collection, frame), loop.Collection))
        {
            // A frame of its own: each iteration has its own variable, which a lambda may capture.
            var iteration = frame.Block(context.NextId());
            switch (loop.LoopControlVariable)
            {
                case IVariableDeclaratorOperation variable:
                    _heap = _heap.With(new(iteration.Id, variable.Symbol), item);
                    break;
                case IDeclarationExpressionOperation declaration:
                    Assign(declaration.Expression, item, iteration, declaration);
                    break;
                case { } target:
                    Assign(target, item, iteration, target);
                    break;
            }

            var signal = Execute(loop.Body, iteration);
            if (signal is Signal.Break or Signal.Return)
            {
                return signal == Signal.Break ? Signal.Next : signal;
            }
        }

        return Signal.Next;
    }

    private Signal For(IForLoopOperation loop, Frame frame)
    {
        ExecuteAll(loop.Before, frame);
        return Repeat(loop, frame, () => loop.Condition is null || Decide(loop.Condition, frame), () => ExecuteAll(loop.AtLoopBottom, frame), static () => true);
    }

    private Signal While(IWhileLoopOperation loop, Frame frame)
    {
        bool Holds() => loop.Condition is null || Decide(loop.Condition, frame) != loop.ConditionIsUntil;
        return loop.ConditionIsTop
            ? Repeat(loop, frame, Holds, static () => Signal.Next, static () => true)
            : Repeat(loop, frame, static () => true, static () => Signal.Next, Holds);
    }

    private Signal Repeat(ILoopOperation loop, Frame frame, Func<bool> before, Func<Signal> bottom, Func<bool> after)
    {
        while (before())
        {
            var signal = Execute(loop.Body, frame);
            if (signal is Signal.Break or Signal.Return)
            {
                return signal == Signal.Break ? Signal.Next : signal;
            }

            bottom();
            if (!after())
            {
                break;
            }
        }

        return Signal.Next;
    }

    private bool Decide(IOperation condition, Frame frame) => Flatten(Evaluate(condition, frame)) is var value && value is Constant { Value: bool holds } ? holds : throw Undecided(value, condition);
}
