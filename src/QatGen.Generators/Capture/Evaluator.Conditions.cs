using Microsoft.CodeAnalysis;

namespace QatGen.Generators.Capture;

/// <summary>Conditions that a constructor argument decides: both sides run from the same heap, and the heaps are joined.</summary>
internal sealed partial class Evaluator
{
    private readonly List<(Scalar Condition, bool Holds)> _guards = [.. assumptions?.Holding ?? Seq<(Scalar, bool)>.Empty];

    private bool IsBlock => assumptions is not null;

    /// <summary>One side of a condition: its result, or that it throws.</summary>
    private sealed record Side<T>(T Result, Heap Heap, Location? Throws);

    /// <summary>The value under the conditions that hold here.</summary>
    private Datum Resolve(Datum value)
    {
        while (value is Choice choice && Known(choice.Condition) is { } holds)
        {
            value = holds ? choice.WhenTrue : choice.WhenFalse;
        }

        return value is Scalar scalar && Known(scalar) is { } known ? new Constant(known) : value;
    }

    private bool? Known(Scalar condition)
    {
        foreach (var guard in _guards)
        {
            if (guard.Condition == condition || Scalars.Not(guard.Condition) == condition)
            {
                return guard.Condition == condition ? guard.Holds : !guard.Holds;
            }
        }

        return null;
    }

    private (Side<T> Yes, Side<T> No) Fork<T>(Scalar condition, IOperation site, T whenThrown, Func<T> yes, Func<T> no)
    {
        if (condition.Level is Level.Mode or Level.Data)
        {
            throw Undecided(condition, site);
        }

        return context.Step(site, _path, () => ForkCore(condition, site, whenThrown, yes, no));
    }

    private (Side<T> Yes, Side<T> No) ForkCore<T>(Scalar condition, IOperation site, T whenThrown, Func<T> yes, Func<T> no)
    {
        var (before, recorded) = (_heap, _recorder.Count);
        Side<T> Run(bool holds, Func<T> side)
        {
            _heap = before;
            var guards = _guards.Count;
            _guards.Add((condition, holds));
            try
            {
                return new(side(), _heap, null);
            }
            catch (PathThrowsException thrown)
            {
                return new(whenThrown, _heap, thrown.Location);
            }
            finally
            {
                _guards.RemoveRange(guards, _guards.Count - guards);
            }
        }

        var sides = (Yes: Run(true, yes), No: Run(false, no));
        // A check of the input's shape that throws is no branch of the graph; any other use of the shape is.
        if (_recorder.Count != recorded || (condition.Level == Level.Shape && sides.Yes.Throws is null && sides.No.Throws is null))
        {
            throw Undecided(condition, site);
        }

        if (sides.Yes.Throws is not null && sides.No.Throws is not null)
        {
            throw new PathThrowsException(sides.Yes.Throws);
        }

        _heap = sides.Yes.Throws is not null ? sides.No.Heap
            : sides.No.Throws is not null ? sides.Yes.Heap
            : sides.Yes.Heap.Join(sides.No.Heap, (a, b) => Join(condition, a, b));
        return sides;
    }

    private Datum Fork(Scalar condition, IOperation site, Func<Datum> yes, Func<Datum> no)
    {
        var (a, b) = Fork(condition, site, (Datum)Outside.Nothing, yes, no);
        return a.Throws is not null ? b.Result : b.Throws is not null ? a.Result : Join(condition, a.Result, b.Result);
    }

    /// <summary>Applies a function on both sides of an undecided value.</summary>
    private Datum Map(Datum value, IOperation site, Func<Datum, Datum> apply) =>
        Resolve(value) is var resolved && resolved is Choice choice
            ? Fork(choice.Condition, site, () => Map(choice.WhenTrue, site, apply), () => Map(choice.WhenFalse, site, apply))
            : apply(resolved);

    private Datum Map(Datum left, Datum right, IOperation site, Func<Datum, Datum, Datum> apply) => Map(left, site, a => Map(right, site, b => apply(a, b)));

    private static Datum Join(Scalar condition, Datum a, Datum b) => (a, b) switch
    {
        _ when a.Equals(b) => a,
        (Constant { Value: true }, Constant { Value: false }) => condition,
        (Constant { Value: false }, Constant { Value: true }) => Scalars.Not(condition),
        (TupleOf { Items: var x }, TupleOf { Items: var y }) when x.Count == y.Count => new TupleOf(x.Zip(y, (p, q) => Join(condition, p, q)).ToSeq()),
        (Constant { Value: not null } or Scalar, Constant { Value: not null } or Scalar) => Scalars.Select(condition, a, b),
        _ => new Choice(condition, a, b),
    };

    /// <summary>Decides a condition, or runs both sides of it.</summary>
    private Datum Conditional(Datum condition, IOperation site, Func<Datum> yes, Func<Datum> no) => Map(condition, site, c => c switch
    {
        Constant { Value: bool holds } => holds ? yes() : no(),
        Scalar { Known: bool known } => known ? yes() : no(),
        Scalar scalar => Fork(scalar, site, yes, no),
        _ => throw Undecided(c, site),
    });

    /// <summary>Runs a statement's branches. A return on one side of an undecided condition is kept with the condition, and the rest of the method runs for the other side.</summary>
    private Signal Branch(Datum condition, IOperation site, Activation activation, Func<Signal> yes, Func<Signal> no)
    {
        condition = Flatten(Resolve(condition));
        if (condition is Constant { Value: bool holds })
        {
            return holds ? yes() : no();
        }

        if (condition is not Scalar scalar)
        {
            throw Undecided(condition, site);
        }

        var outer = activation.Result;
        (Signal Signal, Datum Result) Ending(Func<Signal> run)
        {
            activation.Result = outer;
            var signal = run();
            return (signal, activation.Result);
        }

        var (a, b) = Fork(scalar, site, (Signal: Signal.Next, Result: outer), () => Ending(yes), () => Ending(no));
        if (a.Throws is not null || b.Throws is not null)
        {
            var (left, threw) = a.Throws is null ? (a, false) : (b, true);
            _guards.Add((scalar, !threw));
            activation.Result = left.Result.Result;
            return left.Result.Signal;
        }

        switch (a.Result.Signal, b.Result.Signal)
        {
            case (Signal.Return, Signal.Return):
                activation.Result = Join(scalar, a.Result.Result, b.Result.Result);
                return Signal.Return;
            case var (x, y) when x == y:
                return x;
            case (Signal.Return, Signal.Next):
                return Suspend(activation, scalar, a, b);
            case (Signal.Next, Signal.Return):
                return Suspend(activation, Scalars.Not(scalar), b, a);
            default:
                throw Undecided(scalar, site);
        }
    }

    /// <summary>Keeps a return for the end of the call and goes on with the side that did not return.</summary>
    private Signal Suspend(Activation activation, Scalar condition, Side<(Signal Signal, Datum Result)> returned, Side<(Signal Signal, Datum Result)> rest)
    {
        var all = _guards.Skip(activation.Guards).Select(static g => g.Holds ? g.Condition : Scalars.Not(g.Condition)).Append(condition).Aggregate(Scalars.And);
        activation.Returns.Add((all, returned.Result.Result, returned.Heap));
        _guards.Add((condition, false));
        _heap = rest.Heap;
        return Signal.Next;
    }

    /// <summary>A condition that is itself undecided between flags, as one expression; one on sizes that [InputShape] gives is decided.</summary>
    private static Datum Flatten(Datum value) =>
        value is Scalar { Known: bool known } ? new Constant(known)
            : value is Choice { WhenTrue: var a, WhenFalse: var b } choice && Flatten(a) is Scalar or Constant { Value: not null } && Flatten(b) is Scalar or Constant { Value: not null }
            ? Scalars.Select(choice.Condition, Flatten(a), Flatten(b))
            : value;
}
