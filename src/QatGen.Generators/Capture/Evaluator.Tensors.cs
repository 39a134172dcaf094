using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using QatGen.Graphs;
using QatGen.Operators;

namespace QatGen.Generators.Capture;

/// <summary>Calls of TorchSharp: module factories, module methods, and tensor functions in each of their forms.</summary>
internal sealed partial class Evaluator
{
    private Datum CallTorch(Datum? receiver, IInvocationOperation call, Frame frame)
    {
        var method = call.TargetMethod;
        if (receiver is Instance or Layer)
        {
            return CallModuleMethod(receiver, call, frame);
        }

        if (receiver is null && TorchNames.IsModule(method.ReturnType) && TorchNames.Is(method.ContainingType, TorchNames.Neural))
        {
            return NewLayer((INamedTypeSymbol)method.ReturnType, call.Arguments, call, frame);
        }

        var arguments = BindNamed(call.Arguments, frame);
        if (TorchNames.Is(method.ContainingType, TorchNames.ModuleExtensions))
        {
            // It moves a module to a device or type and returns it.
            return arguments[0].Value;
        }

        var tensors = arguments.Select(static a => a.Value).Prepend(receiver ?? Outside.Nothing).Where(HoldsTensor).ToArray();
        if (tensors.Length == 0 && !(InForward && TorchNames.IsTensor(method.ReturnType)))
        {
            return new Outside(method.Name);
        }

        if (TorchNames.SameTensor.Contains(method.Name) || TorchNames.Is(method.ContainingType, TorchNames.DisposeScope))
        {
            return tensors.Length == 1 ? tensors[0] : new TupleOf(tensors.ToSeq());
        }

        if (receiver is TensorRef tensor && (TorchNames.ShapeOnly.Contains(method.Name) || method.Name == TorchNames.Size))
        {
            return method.Name != TorchNames.Size ? new Scalar($"{method.Name}()", Level.Shape) { Known = method.Name == TorchNames.Rank ? _recorder.Shape(tensor.Number)?.Count : null }
                : arguments.Count == 0 ? new SizesOf(tensor.Number)
                : Element(new SizesOf(tensor.Number), arguments[0].Value, call);
        }

        var form = FormOf(method);
        return Record(form, Find(form), null, Name(method), receiver is null ? [] : [receiver], arguments, call, call.Syntax.GetLocation());
    }

    /// <summary>Evaluates arguments in the order written and gives them in the order of the parameters, which is that of an operator's inputs.</summary>
    private Seq<Argument> BindNamed(IEnumerable<IArgumentOperation> written, Frame frame) =>
        written.Select(a => (a.Parameter!.Ordinal, Argument: new Argument(a.Parameter.Name, a.Parameter.Type, Evaluate(a.Value, frame), a.Value))).ToArray()
            .OrderBy(static a => a.Ordinal).Select(static a => a.Argument).ToSeq();

    private static Form FormOf(IMethodSymbol method) => new(
        !method.IsStatic ? FormKind.Method : TorchNames.Is(method.ContainingType, TorchNames.Functional) ? FormKind.Functional : FormKind.Torch,
        !method.IsStatic || TorchNames.Is(method.ContainingType, TorchNames.Functional) ? method.Name : Name(method));

    /// <summary>The operator of a form; a method that ends with an underscore is the in-place form of the one without.</summary>
    private static Operator? Find(Form form) => Catalogue.Find(form) ?? (Recorder.IsInPlace(form) ? Catalogue.Find(form with { Name = form.Name.TrimEnd('_') }) : null);

    private static string Name(IMethodSymbol method) => method.ContainingType.Name is "torch" or "Tensor" ? method.Name : method.ContainingType.Name + "." + method.Name;

    private Datum OperateTensors(IMethodSymbol method, IReadOnlyList<IOperation> operands, IReadOnlyList<Datum> values, IOperation site)
    {
        if (!values.Any(HoldsTensor))
        {
            return values.Any(static v => v is Outside) ? new Outside(SourceText.Of(site)) : throw Unsupported(site, "there is no tensor of this forward in it");
        }

        var form = new Form(FormKind.Symbol, method.Name);
        var arguments = values.Select((v, i) => new Argument(method.Parameters[i].Name, method.Parameters[i].Type, v, operands[i])).ToSeq();
        return Record(form, Find(form), null, "operator " + site.Syntax switch
        {
            BinaryExpressionSyntax b => b.OperatorToken.Text,
            AssignmentExpressionSyntax a => a.OperatorToken.Text,
            PrefixUnaryExpressionSyntax u => u.OperatorToken.Text,
            _ => method.Name,
        }, [], arguments, site, site.Syntax.GetLocation());
    }

    /// <summary>TorchSharp's implicit conversions wrap a scalar or a list; an explicit one takes the data out of a tensor.</summary>
    private Datum ConvertTorch(Datum value, IConversionOperation site) => value is TensorRef tensor ? TakeData(tensor, site) : value;

    private Datum TensorMember(TensorRef tensor, ISymbol member, IOperation site, Frame frame) => member.Name switch
    {
        TorchNames.Shape => new SizesOf(tensor.Number),
        _ when TorchNames.ShapeOnly.Contains(member.Name) => new Scalar(member.Name, Level.Shape) { Known = member.Name == TorchNames.RankProperty ? _recorder.Shape(tensor.Number)?.Count : null },
        _ when member is IPropertySymbol property && TorchNames.IsTensor(property.Type) => Unclaimed(tensor, member.Name, site),
        _ => new Outside(member.Name),
    };

    private Scalar TakeData(TensorRef tensor, IOperation site)
    {
        _recorder.Excuse(tensor.Number);
        return new(SourceText.Of(site), Level.Data);
    }

    private TensorRef Unclaimed(TensorRef tensor, string name, IOperation site) =>
        (TensorRef)Record(new(FormKind.Method, name), null, null, name, [tensor], Seq<Argument>.Empty, site, site.Syntax.GetLocation());

    /// <summary>Records an operator call: tensors become inputs in the order written, everything else an attribute by parameter name.</summary>
    private Datum Record(Form form, Operator? op, string? path, string name, IReadOnlyList<Datum> receivers, Seq<Argument> arguments, IOperation site, Location location)
    {
        if (!InForward)
        {
            return new Outside(name);
        }

        var returned = site is IInvocationOperation { TargetMethod.ReturnType: var type } && form.Kind != FormKind.Module ? type : null;
        if (op is null && IsData(returned) && receivers.Concat(arguments.Select(static a => a.Value)).OfType<TensorRef>().FirstOrDefault() is { } source)
        {
            return TakeData(source, site);
        }

        var tensors = new List<TensorRef>();
        void Take(Datum value, IOperation where)
        {
            switch (Resolve(value))
            {
                case TensorRef tensor:
                    tensors.Add(tensor);
                    break;
                case ListOf list:
                    tensors.AddRange(Contents(list, where).Select(item => Resolve(item) as TensorRef ?? throw Undecided(item, where)));
                    break;
                case var other when op is not null:
                    throw other is Choice ? Undecided(other, where) : Unsupported(where, $"{other.Spelled} is not a tensor that forward computes");
            }
        }

        foreach (var receiver in receivers)
        {
            Take(receiver, site);
        }

        var (values, isModule) = (arguments.Where(a => form.Kind == FormKind.Module || !IsOperand(a)).ToArray(), form.Kind == FormKind.Module);
        foreach (var operand in arguments.Where(a => !isModule && IsOperand(a) && a.Value is not Constant { Value: null }))
        {
            Take(operand.Value, operand.Site);
        }

        path ??= _recorder.FunctionPath(_path, FunctionName(form, op));
        var inputs = tensors.Select(_recorder.Read).ToSeq();
        if (op is null)
        {
            return Unknown(new(name, path, form, inputs, new()), name, returned, location);
        }

        var attributes = new Arguments(this, path, op, inputs.Count > 0 ? inputs[0] : -1);
        return _recorder.Add(new(op.Name, path, form, inputs, attributes.Read(values)), op, location);
    }

    /// <summary>How the path of a function's call ends.</summary>
    private static string FunctionName(Form form, Operator? op) => form.Kind == FormKind.Symbol ? (op?.Name ?? form.Name).ToLowerInvariant() : form.Name.TrimEnd('_').Replace('.', '_');

    private static bool IsData(ITypeSymbol? type) => type is { IsValueType: true, IsTupleType: false, SpecialType: not SpecialType.System_Void } or { SpecialType: SpecialType.System_String };

    private bool IsOperand(Argument argument) => TorchNames.IsTensor(argument.Type) || HoldsTensor(argument.Value);

    /// <summary>The result of a call that no operator claims: a tensor, so that capture goes on and finds what else is wrong.</summary>
    private Datum Unknown(Node node, string name, ITypeSymbol? returned, Location location)
    {
        var violation = Violation.Of(CaptureRules.UnknownOperator, node.Path, name);
        return returned switch
        {
            INamedTypeSymbol { IsTupleType: true } tuple => new TupleOf(tuple.TupleElements.Select(_ => (Datum)_recorder.Add(node, null, location, violation)).ToSeq()),
            IArrayTypeSymbol => throw Fail(CaptureRules.UnknownOperator, location, name),
            { SpecialType: SpecialType.System_Void } => TorchNames.HarmlessOnTensors.Contains(node.Form.Name) ? Outside.Nothing : throw Fail(CaptureRules.UnknownOperator, location, name),
            _ => _recorder.Add(node, null, location, violation),
        };
    }
}
