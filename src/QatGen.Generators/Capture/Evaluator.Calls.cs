using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace QatGen.Generators.Capture;

/// <summary>Calls: of delegates, of code with source, of TorchSharp, of the few known library methods; anything else takes no tensor.</summary>
internal sealed partial class Evaluator
{
    // Extension blocks have a name only in later compilers.
    private const TypeKind Extension = (TypeKind)14;

    private Datum Call(IInvocationOperation call, Frame frame)
    {
        var method = _types.Substitute(call.TargetMethod, context.Compilation);
        if (method.MethodKind == MethodKind.LocalFunction)
        {
            return CallFunction((Function)Variable(method.OriginalDefinition, frame, call) with { Method = method }, call, frame);
        }

        if (call.Instance is not { } receiver)
        {
            return CallOn(null, call, frame);
        }

        return Map(NotNull(Evaluate(receiver, frame), receiver), call, value => value switch
        {
            Function function when method.MethodKind == MethodKind.DelegateInvoke => CallFunction(function, call, frame),
            Scalar when method.MethodKind == MethodKind.DelegateInvoke || TorchNames.IsModule(method.ContainingType) => throw Undecided(value, receiver),
            Constant { Value: null } => throw IsNull(receiver),
            _ => CallOn(value, call, frame),
        });
    }

    private Datum CallOn(Datum? receiver, IInvocationOperation call, Frame frame)
    {
        var method = _types.Substitute(call.TargetMethod, context.Compilation);
        var target = receiver is Instance instance && (call.IsVirtual || method.ContainingType.TypeKind == TypeKind.Interface) ? MostDerived(instance.Type, method)
            : call.ConstrainedToType is { } constrained && TypeOf(constrained) is INamedTypeSymbol type ? MostDerived(type, method) : method;
        if (receiver is Instance or Layer && (IsModuleCall(target) || (target.Name is TorchNames.Call or TorchNames.Forward && IsKept(receiver))))
        {
            return CallModule(receiver, Bind(target, call.Arguments, frame), call, call.Syntax.GetLocation());
        }

        if (receiver is Layer { Block: not null } && IsModuleCall(Overridden(target)))
        {
            return CallModule(receiver, Bind(target, call.Arguments, frame), call, call.Syntax.GetLocation());
        }

        if (context.Declaration(target.OriginalDefinition) is not null && !target.IsAbstract)
        {
            return CallOwn(target, receiver, call, frame);
        }

        return TorchNames.IsTorch(method) ? CallTorch(receiver, call, frame) : CallLibrary(receiver, call, frame);
    }

    /// <summary>TorchSharp's own call or forward, whichever class declares it; code with source is called as any other method.</summary>
    private static bool IsModuleCall(IMethodSymbol method) => TorchNames.IsTorch(method) && method.Name is TorchNames.Call or TorchNames.Forward && !method.IsStatic;

    /// <summary>The method that the first override overrides.</summary>
    private static IMethodSymbol Overridden(IMethodSymbol method) => method.OverriddenMethod is { } overridden ? Overridden(overridden) : method;

    private Datum CallOwn(IMethodSymbol target, Datum? receiver, IInvocationOperation call, Frame frame)
    {
        if (receiver is not (null or Instance) && target.ContainingType.TypeKind != Extension)
        {
            throw receiver is Scalar or Choice ? Undecided(receiver, call) : Unsupported(call, $"{receiver.Spelled} has no such method");
        }

        if (Records && IsKept(target.OriginalDefinition))
        {
            return CallKept(target, receiver, call, frame);
        }

        var (result, callee) = Enter(target, receiver, Bind(target, call.Arguments, frame), call.Syntax.GetLocation());
        return WriteBack(result, target, callee, call, frame);
    }

    /// <summary>Assigns what a call left in its ref and out parameters.</summary>
    private Datum WriteBack(Datum result, IMethodSymbol target, Frame callee, IInvocationOperation call, Frame frame)
    {
        foreach (var argument in call.Arguments.Where(static a => a.Parameter!.RefKind is RefKind.Ref or RefKind.Out))
        {
            var parameter = Implementation(target).Parameters[argument.Parameter!.Ordinal];
            Assign(argument.Value, Variable(parameter, callee, argument), frame, argument);
        }

        return result;
    }

    /// <summary>The declaration that holds the body of a method, as its parameters are named there.</summary>
    private static IMethodSymbol Implementation(IMethodSymbol method) => method.OriginalDefinition.PartialImplementationPart ?? method.OriginalDefinition;

    /// <summary>Evaluates arguments in the order written and puts them in the order of the parameters.</summary>
    private Datum[] Bind(IMethodSymbol method, IEnumerable<IArgumentOperation> written, Frame frame)
    {
        var values = Enumerable.Repeat<Datum>(Outside.Unassigned, method.Parameters.Length).ToArray();
        foreach (var argument in written)
        {
            values[argument.Parameter!.Ordinal] = argument.Parameter.RefKind == RefKind.Out ? Outside.Unassigned : Evaluate(argument.Value, frame);
        }

        return values;
    }

    private Datum CallFunction(Function function, IInvocationOperation call, Frame frame)
    {
        var arguments = Bind(call.TargetMethod, call.Arguments, frame);
        if (!call.Arguments.Any(static a => a.Parameter!.RefKind is RefKind.Ref or RefKind.Out))
        {
            return Apply(function, arguments, call);
        }

        var (result, callee) = function.Body is { } body ? Run(function.Method, body, function.Receiver, arguments, function.Captured, call.Syntax.GetLocation())
            : context.Declaration(function.Method.OriginalDefinition) is not null ? Enter(function.Method, function.Receiver, arguments, call.Syntax.GetLocation())
            : throw Fail(CaptureRules.ExternalCall, call, function.Method.Name);
        return WriteBack(result, function.Method, callee, call, frame);
    }

    /// <summary>Runs a lambda, local function or method group.</summary>
    private Datum Apply(Function function, IReadOnlyList<Datum> arguments, IOperation site)
    {
        var location = site.Syntax.GetLocation();
        if (function.Body is { } body)
        {
            return Run(function.Method, body, function.Receiver, arguments, function.Captured, location).Result;
        }

        return function.Receiver is Instance or Layer && IsModuleCall(function.Method) ? CallModule(function.Receiver, arguments, site, location)
            : context.Declaration(function.Method.OriginalDefinition) is not null
                ? Invoke(function.Receiver is Instance instance ? MostDerived(instance.Type, function.Method) : function.Method, function.Receiver, arguments, location)
            : throw Fail(CaptureRules.ExternalCall, site, function.Method.Name);
    }

    /// <summary>Calls a method with source and returns its result.</summary>
    private Datum Invoke(IMethodSymbol method, Datum? receiver, IReadOnlyList<Datum> arguments, Location location) => Enter(method, receiver, arguments, location).Result;

    private (Datum Result, Frame Callee) Enter(IMethodSymbol method, Datum? receiver, IReadOnlyList<Datum> arguments, Location location)
    {
        return context.Declaration(Implementation(method)) is { } declaration && Body(context.Operation(declaration)) is { } body
            ? Run(method, body, receiver, arguments, null, location)
            : throw Fail(CaptureRules.ExternalCall, location, method.Name);
    }

    private static IOperation? Body(IOperation? declaration) => declaration switch
    {
        IMethodBodyOperation method => method.BlockBody ?? method.ExpressionBody,
        ILocalFunctionOperation function => function.Body,
        IBlockOperation block => block,
        _ => null,
    };

    private (Datum Result, Frame Callee) Run(IMethodSymbol method, IOperation body, Datum? receiver, IReadOnlyList<Datum> arguments, Frame? captured, Location location)
    {
        if (method.IsAsync)
        {
            throw Fail(CaptureRules.Unsupported, location, method.Name, "asynchronous code has no fixed order");
        }

        var types = (captured?.Activation.Types ?? TypeArguments.None).With(method);
        Frame Enter(Func<Datum, bool>? consumer)
        {
            var frame = new Frame(context.NextId(), captured, receiver, new(_guards.Count, types, consumer));
            var parameters = Implementation(method).Parameters;
            for (var i = 0; i < arguments.Count && i < parameters.Length; i++)
            {
                Put(frame.Id, parameters[i], arguments[i]);
            }

            return frame;
        }

        if (IsIterator(method, body))
        {
            // Its body runs anew, and only, when somebody enumerates it.
            return (new Sequence(consumer => Inside(Enter(AsCaller(consumer)), body, location)), new(context.NextId(), captured, receiver, new(_guards.Count, types)));
        }

        var frame = Enter(null);
        return (Inside(frame, body, location), frame);
    }

    private static bool IsIterator(IMethodSymbol method, IOperation body) =>
        method.ReturnType.Name is "IEnumerable" or "IEnumerator" && Yields(body);

    /// <summary>Whether a body yields, other than in functions inside it.</summary>
    private static bool Yields(IOperation operation) => operation.Kind is OperationKind.YieldReturn or OperationKind.YieldBreak
        || operation.ChildOperations.Any(static c => c is not (IAnonymousFunctionOperation or ILocalFunctionOperation) && Yields(c));

    /// <summary>A consumer that runs where it was written while the body of an iterator runs.</summary>
    private Func<Datum, bool> AsCaller(Func<Datum, bool> consumer)
    {
        var caller = (_path, _types);
        return item =>
        {
            var callee = (_path, _types);
            (_path, _types) = caller;
            try
            {
                return consumer(item);
            }
            finally
            {
                (_path, _types) = callee;
            }
        };
    }

    /// <summary>How often a body may run inside itself.</summary>
    private const int DeepestRecursion = 40;

    /// <summary>The bodies that run, innermost first.</summary>
    private readonly Stack<IOperation> _running = new();

    /// <summary>Runs the body of a call.</summary>
    private Datum Inside(Frame frame, IOperation body, Location location)
    {
        if (_running.Count(b => b == body) >= DeepestRecursion)
        {
            throw Fail(CaptureRules.Recursion, location, SourceText.Of(location));
        }

        _running.Push(body);
        var (path, guards, types) = (_path, _guards.Count, _types);
        _path = frame.Self is not null && ModulePaths.ModuleId(frame.Self) is { } id && _paths.Find(id) is { } own ? own : path;
        _types = frame.Activation.Types;
        try
        {
            return Finish(Execute(body, frame), frame.Activation);
        }
        finally
        {
            _running.Pop();
            (_path, _types) = (path, types);
            _guards.RemoveRange(guards, _guards.Count - guards);
        }
    }

    /// <summary>Joins the returns under undecided conditions with the last one, latest first.</summary>
    private Datum Finish(Signal ending, Activation activation)
    {
        var result = ending == Signal.Return ? activation.Result : Outside.Nothing;
        foreach (var (condition, value, heap) in Enumerable.Reverse(activation.Returns))
        {
            result = Join(condition, value, result);
            _heap = heap.Join(_heap, (a, b) => Join(condition, a, b));
        }

        return result;
    }

    /// <summary>An operator: TorchSharp's on tensors, or one with source.</summary>
    private Datum CallOperator(IMethodSymbol method, IReadOnlyList<IOperation> operands, IOperation site, Frame frame)
    {
        var values = operands.Select(o => Evaluate(o, frame)).ToArray();
        method = _types.Substitute(method, context.Compilation);
        return TorchNames.IsTorch(method) ? OperateTensors(method, operands, values, site)
            : site is IBinaryOperation compared && method is { IsImplicitlyDeclared: true, ContainingType.IsRecord: true } ? Operate(compared.OperatorKind, values[0], values[1], site, false)
            : context.Declaration(method.OriginalDefinition) is not null ? Invoke(method, null, values, site.Syntax.GetLocation())
            : values.All(static v => v is Constant or Scalar) && site is IBinaryOperation binary ? Operate(binary.OperatorKind, values[0], values[1], site, false)
            : throw Unsupported(site, "this operator has no source in this project");
    }

    private static IMethodSymbol MostDerived(INamedTypeSymbol type, IMethodSymbol method) =>
        TorchNames.Bases(type).SelectMany(t => t.GetMembers(method.Name).OfType<IMethodSymbol>()).FirstOrDefault(m => Overrides(m, method))
        ?? type.FindImplementationForInterfaceMember(method) as IMethodSymbol ?? method;

    private static bool Overrides(IMethodSymbol? method, IMethodSymbol overridden)
    {
        for (; method is not null; method = method.OverriddenMethod)
        {
            if (SymbolEqualityComparer.Default.Equals(method.OriginalDefinition, overridden.OriginalDefinition))
            {
                return true;
            }
        }

        return false;
    }
}
