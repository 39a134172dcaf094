using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace QatGen.Generators.Capture;

/// <summary>Calls: of delegates, of code with source, of TorchSharp, of the few known library methods; anything else takes no tensor.</summary>
internal sealed partial class Evaluator
{
    private Datum Call(IInvocationOperation call, Frame frame)
    {
        var method = call.TargetMethod;
        if (method.MethodKind == MethodKind.LocalFunction)
        {
            return CallFunction((Function)Variable(method.OriginalDefinition, frame, call), call, frame);
        }

        if (call.Instance is not { } receiver)
        {
            return CallOn(null, call, frame);
        }

        return Map(Evaluate(receiver, frame), call, value => value switch
        {
            Function function when method.MethodKind == MethodKind.DelegateInvoke => CallFunction(function, call, frame),
            Scalar when method.MethodKind == MethodKind.DelegateInvoke || TorchNames.IsModule(method.ContainingType) => throw Undecided(value, receiver),
            Constant { Value: null } => throw Unsupported(receiver, "it is null here"),
            _ => CallOn(value, call, frame),
        });
    }

    private Datum CallOn(Datum? receiver, IInvocationOperation call, Frame frame)
    {
        var method = call.TargetMethod;
        var target = receiver is Instance instance && call.IsVirtual ? MostDerived(instance.Type, method) : method;
        if (receiver is Instance or Layer && (IsModuleCall(target) || (target.Name is TorchNames.Call or TorchNames.Forward && IsKept(receiver))))
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

    private Datum CallOwn(IMethodSymbol target, Datum? receiver, IInvocationOperation call, Frame frame)
    {
        if (receiver is not (null or Instance))
        {
            throw receiver is Scalar or Choice ? Undecided(receiver, call) : Unsupported(call, $"{receiver.Spelled} has no such method");
        }

        if (Records && IsKept(target.OriginalDefinition))
        {
            return CallKept(target, receiver, call, frame);
        }

        var (result, callee) = Enter(target, receiver, Bind(target, call.Arguments, frame), call.Syntax.GetLocation());
        foreach (var argument in call.Arguments.Where(static a => a.Parameter!.RefKind is RefKind.Ref or RefKind.Out))
        {
            var parameter = target.OriginalDefinition.Parameters[argument.Parameter!.Ordinal];
            Assign(argument.Value, Variable(parameter, callee, argument), frame, argument);
        }

        return result;
    }

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
        return call.Arguments.Any(static a => a.Parameter!.RefKind is RefKind.Ref or RefKind.Out)
            ? throw Unsupported(call, "delegates and local functions with ref or out parameters are not supported")
            : Apply(function, Bind(call.TargetMethod, call.Arguments, frame), call);
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
        var definition = method.OriginalDefinition;
        definition = definition.PartialImplementationPart ?? definition;
        return context.Declaration(definition) is { } declaration && Body(context.Operation(declaration)) is { } body
            ? Run(definition, body, receiver, arguments, null, location)
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
        if (method.IsAsync || (method.ReturnType.Name is "IEnumerable" or "IEnumerator" && body.Descendants().Any(static o => o.Kind is OperationKind.YieldReturn or OperationKind.YieldBreak)))
        {
            throw Fail(CaptureRules.Unsupported, location, method.Name, "asynchronous methods and iterators have no fixed order");
        }

        var frame = new Frame(context.NextId(), captured, receiver, new(_guards.Count));
        for (var i = 0; i < arguments.Count && i < method.Parameters.Length; i++)
        {
            Put(frame.Id, method.Parameters[i], arguments[i]);
        }

        var (path, guards) = (_path, _guards.Count);
        _path = receiver is not null && ModulePaths.ModuleId(receiver) is { } id && _paths.Find(id) is { } own ? own : path;
        try
        {
            return (Finish(Execute(body, frame), frame.Activation), frame);
        }
        finally
        {
            _path = path;
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
        return TorchNames.IsTorch(method) ? OperateTensors(method, operands, values, site)
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
