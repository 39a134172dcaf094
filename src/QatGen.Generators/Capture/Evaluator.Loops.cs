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

        var collection = Evaluate(loop.Collection, frame);
        if (collection is Outside)
        {
            return ForEachOutside(loop, collection, frame);
        }

        var signal = Signal.Next;
        Each(collection, loop.Collection, item => (signal = Iterate(loop, item, frame)) is Signal.Next or Signal.Continue);
        return signal == Signal.Return ? signal : Signal.Next;
    }

    /// <summary>A loop over what plays no part, such as the parameters: its body may change nothing that does.</summary>
    private Signal ForEachOutside(IForEachLoopOperation loop, Datum collection, Frame frame)
    {
        var (before, recorded) = (_heap, _recorder.Count);
        var signal = Iterate(loop, new Outside($"an element of {collection.Spelled}"), frame);
        if (signal == Signal.Return || _recorder.Count != recorded || _heap.Changes(before))
        {
            throw Unsupported(loop.Collection, "the loop runs an unknown number of times and changes what the model is built from");
        }

        return Signal.Next;
    }

    private Signal Iterate(IForEachLoopOperation loop, Datum item, Frame frame)
    {
        // A frame of its own: each iteration has its own variable, which a lambda may capture.
        var iteration = frame.Block(context.NextId());
        switch (loop.LoopControlVariable)
        {
            case IVariableDeclaratorOperation variable:
                Put(iteration.Id, variable.Symbol, item);
                break;
            case { } target:
                Assign(target, item, iteration, target);
                break;
        }

        return Execute(loop.Body, iteration);
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
