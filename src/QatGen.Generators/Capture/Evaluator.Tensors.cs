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
        if (tensors.Length == 0 && receiver is null && !TorchNames.IsTensor(method.ReturnType))
        {
            return new Printed(TorchNames.FullName(method), arguments);
        }

        if (tensors.Length == 0 && !(Records && TorchNames.IsTensor(method.ReturnType)))
        {
            return NewHeld(method.Name, method.ReturnType, receiver, arguments);
        }

        if (TorchNames.SameTensor.Contains(method.Name) || TorchNames.Is(method.ContainingType, TorchNames.DisposeScope))
        {
            return tensors.Length == 1 ? tensors[0] : new TupleOf(tensors.ToSeq());
        }

        if (receiver is TensorRef tensor && (TorchNames.ShapeOnly.Contains(method.Name) || method.Name == TorchNames.Size))
        {
            return method.Name != TorchNames.Size ? new Scalar($"{tensor.Spelled}.{method.Name}()", Level.Shape) { Known = method.Name == TorchNames.Rank ? _recorder.Shape(tensor.Number)?.Count : null }
                : arguments.Count == 0 ? new SizesOf(tensor.Number)
                : Element(new SizesOf(tensor.Number), arguments[0].Value, call);
        }

        if (receiver is null && method.ReturnType is { IsValueType: true } && TorchNames.IsTorch(method.ReturnType))
        {
            return new Printed(TorchNames.FullName(method), arguments);
        }

        if (receiver is TensorRef && TorchNames.Shaping.TryGetValue(method.Name, out var shaping) && arguments[0].Value is TensorRef like)
        {
            // Of the other tensor only the sizes are read.
            var sizes = new Argument(shaping.Parameter, call.SemanticModel!.Compilation.CreateArrayTypeSymbol(call.SemanticModel.Compilation.GetSpecialType(SpecialType.System_Int64)), new SizesOf(like.Number), arguments[0].Site);
            return Record(new(FormKind.Method, shaping.Method), shaping.Method, receiver, new(sizes), method.ReturnType, call);
        }

        return Records && Find(FormOf(method)) is Full ? Made(receiver, method, arguments, call) : Record(FormOf(method), Name(method), receiver, arguments, method.ReturnType, call);
    }

    /// <summary>
    /// A tensor of one number, of sizes one by one, in a list, or of another tensor, as a call of torch.full; it is as it was written where it is not of float32 or a size is not known.
    /// </summary>
    private Datum Made(Datum? receiver, IMethodSymbol method, Seq<Argument> arguments, IInvocationOperation call)
    {
        var like = method.Name.EndsWith("_like", StringComparison.Ordinal) ? receiver ?? arguments[0].Value : null;
        var written = arguments.Where(static a => a.Name is not ("input" or "value" or "dtype" or "device" or "requires_grad" or "names")).ToArray();
        Datum sizes = like is TensorRef tensor ? new SizesOf(tensor.Number) : written is [{ Type.SpecialType: SpecialType.None }] ? written[0].Value : NewList(written.Select(static a => a.Value));
        var value = arguments.FirstOrDefault(static a => a.Name == "value")?.Value ?? new Constant(method.Name.Contains("ones") ? 1.0 : 0.0);
        var isReal = arguments.Where(static a => a.Name == "dtype").All(static a => a.Value is Constant { Value: null } or Printed { FullName: TorchNames.Torch + ".float32" }
            || (a.Value is Constant { Value: var type } && Scalars.Unwrap(a.Type)!.GetMembers("Float32") is [IFieldSymbol real] && Equals(real.ConstantValue, type)));
        var compilation = call.SemanticModel!.Compilation;
        var size = new Argument("size", compilation.CreateArrayTypeSymbol(compilation.GetSpecialType(SpecialType.System_Int64)), sizes, call);
        return isReal && !IsComputed(size, Find(FormOf(method))!, null)
            ? Record(new(FormKind.Torch, "full"), method.Name, null, new(size, new("value", compilation.GetSpecialType(SpecialType.System_Double), value, call)), method.ReturnType, call)
            : RecordOpaque(new(FormOf(method), Name(method), _recorder.FunctionPath(_path, FunctionName(FormOf(method), null)), call, call.Syntax.GetLocation()), receiver, arguments, method.ReturnType);
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

    /// <summary>A function's name as it is written below torch; one that TorchSharp declares elsewhere has its full name.</summary>
    private static string Name(IMethodSymbol method) => !method.IsStatic ? method.Name
        : TorchNames.Is(method.ContainingType, TorchNames.Functional) ? "functional." + method.Name
        : TorchNames.FullName(method) is var name && name.StartsWith(TorchNames.Torch + ".", StringComparison.Ordinal) ? name.Substring(TorchNames.Torch.Length + 1)
        : name;

    private Datum OperateTensors(IMethodSymbol method, IReadOnlyList<IOperation> operands, IReadOnlyList<Datum> values, IOperation site)
    {
        if (!values.Any(HoldsTensor))
        {
            return values.Any(static v => v is Outside) ? NewHeld(SourceText.Of(site), method.ReturnType, values) : throw Unsupported(site, "there is no tensor of this forward in it");
        }

        var form = new Form(FormKind.Symbol, method.Name);
        Seq<string> names = values.Count == 1 ? new("operand") : new("left", "right");
        var arguments = values.Select((v, i) => new Argument(names[i], method.Parameters[i].Type, v, operands[i])).ToSeq();
        return Record(form, "operator " + site.Syntax switch
        {
            BinaryExpressionSyntax b => b.OperatorToken.Text,
            AssignmentExpressionSyntax a => a.OperatorToken.Text,
            PrefixUnaryExpressionSyntax u => u.OperatorToken.Text,
            _ => method.Name,
        }, null, arguments, method.ReturnType, site);
    }

    /// <summary>TorchSharp's implicit conversions wrap a scalar or a list; an explicit one takes the data out of a tensor.</summary>
    private Datum ConvertTorch(Datum value, IConversionOperation site) => value is TensorRef tensor && !TorchNames.IsTensor(site.Type) && !TorchNames.Is(site.Type, TorchNames.TensorIndex)
        ? TakeData(tensor, site)
        : value;

    private Datum TensorMember(TensorRef tensor, ISymbol member, IOperation site, Frame frame) => member.Name switch
    {
        TorchNames.Shape => new SizesOf(tensor.Number),
        _ when member is IPropertySymbol property && TorchNames.IsTensor(property.Type) => Record(new(FormKind.Property, member.Name), member.Name, tensor, Seq<Argument>.Empty, property.Type, site),
        _ => new Scalar($"{tensor.Spelled}.{member.Name}", Level.Shape) { Known = member.Name == TorchNames.RankProperty ? _recorder.Shape(tensor.Number)?.Count : null },
    };

    private Scalar TakeData(TensorRef tensor, IOperation site)
    {
        _recorder.Excuse(tensor.Number);
        return new(SourceText.Of(site), Level.Data);
    }

    /// <summary>A part of a tensor: <c>x[.., 0]</c>. What the operator cannot read, such as a mask, stays as it is written.</summary>
    private Datum IndexTensor(TensorRef tensor, IPropertyReferenceOperation site, Frame frame)
    {
        var (form, name, arguments) = (new Form(FormKind.Indexer, "this"), "indexer", BindNamed(site.Arguments, frame));
        if (!Records)
        {
            return NewOutside(name, site.Property.Type);
        }

        var written = new Written(form, name, _recorder.FunctionPath(_path, FunctionName(form, null)), site, site.Syntax.GetLocation());
        var reader = new OpaqueArguments(this);
        reader.Read(tensor, null, site);
        var attributes = reader.Read(arguments);
        return Indexed(new(name, written.Path, form, reader.Inputs, attributes)) is { } node ? _recorder.Add(node, written.Location, sharesMemory: true) : RecordOpaque(written, tensor, arguments, site.Property.Type);
    }

    /// <summary>The call of the operator, if it can read all indices of an indexer as it is written; of tensors but the first it reads sizes.</summary>
    private Node? Indexed(Node written)
    {
        if (written.Form.Kind != FormKind.Indexer || Find(written.Form) is not { } op)
        {
            return null;
        }

        var node = written with
        {
            Operator = op.Name,
            Inputs = new(written.Inputs[0]),
            Sized = written.Inputs.Skip(1).ToSeq(),
            Attributes = written.Attributes.Replace(v => v is Value.Computed code && Measure(code.Code, i => _recorder.Sizes(written.Inputs[i])) is { } number ? new Value.Measured(code, number) : null),
        };
        return Indexer.CanRead(_recorder.WithSizes(node)) ? node : null;
    }

    /// <summary>Records a call of TorchSharp: of the operator that claims it if that takes such arguments, else one that no operator claims.</summary>
    private Datum Record(Form form, string name, Datum? receiver, Seq<Argument> arguments, ITypeSymbol returned, IOperation site)
    {
        if (!Records)
        {
            return NewOutside(name, returned);
        }

        var op = Find(form) is { } claimed && !arguments.Any(a => IsComputed(a, claimed, receiver)) ? claimed : null;
        var path = _recorder.FunctionPath(_path, FunctionName(form, op));
        var written = new Written(form, name, path, site, site.Syntax.GetLocation());
        if (op is null)
        {
            return RecordOpaque(written, receiver, arguments, returned);
        }

        var values = arguments.Where(a => !IsOperand(a));
        var operands = arguments.Where(a => IsOperand(a) && a.Value is not Constant { Value: null }).Select(static a => (a.Value, a.Site));
        var node = Claimed(op, form, path, receiver is null ? operands : operands.Prepend((receiver, site)), values);
        node = node with { Attributes = new(node.Attributes.Concat(NamedOperands(op, receiver is null ? 0 : 1, arguments))) };
        return IsSeveral(returned) ? RecordSeveral(op, node, written, receiver, arguments, returned) : _recorder.Add(node, written.Location, op.IsView);
    }

    /// <summary>Which inputs the tensors are that the operator knows by name.</summary>
    private IEnumerable<KeyValuePair<string, Value>> NamedOperands(Operator op, int first, Seq<Argument> arguments) =>
        arguments.Where(a => IsOperand(a) && a.Value is not Constant { Value: null }).Select((a, i) => new KeyValuePair<string, Value>(a.Name, new Value.Operand(first + i))).Where(n => op.NamedOperands.Contains(n.Key));

    /// <summary>Whether an argument is only known with the shapes of tensors and is no size that the operator takes.</summary>
    private bool IsComputed(Argument argument, Operator op, Datum? receiver) => !Arguments.Placement.Contains(argument.Name) && Parts(argument.Value).Any(p => p switch
    {
        Scalar { Level: Level.Shape } scalar => IsBlock ? Foreign.IsMatch(scalar.Expression) : Measure(scalar) is null,
        SizesOf sizes => _recorder.Sizes(sizes.Tensor) is null,
        ManyOf => true,
        Dimension { Known: null, Axis: var axis, Tensor: var sized } => !IsBlock && (!op.TakesSizes.Contains(argument.Name) || (_recorder.BatchAxis(sized) != axis && !(receiver is TensorRef tensor && tensor.Number == sized))),
        _ => false,
    });

    /// <summary>The number that is computed from sizes, for those that [InputShape] gives; null in a block, whose sizes the models around it decide.</summary>
    private Value? Measure(Scalar scalar) => Measure(scalar.Expression, _recorder.Sizes);

    private Value? Measure(string code, Func<int, Seq<int>?> sizes) => IsBlock ? null : SizeExpression.Evaluate(code, sizes) switch
    {
        int whole => whole,
        long whole => whole,
        float real => (double)real,
        double real => real,
        _ => null,
    };

    /// <summary>A call of an operator: tensors become inputs in the order written, everything else an attribute by parameter name.</summary>
    private Node Claimed(Operator op, Form form, string path, IEnumerable<(Datum Value, IOperation Site)> operands, IEnumerable<Argument> values)
    {
        // Of whole numbers alone the result is one of int64.
        var (given, tensors) = (operands.ToArray(), new List<TensorRef>());
        foreach (var (value, where) in given)
        {
            switch (Resolve(value))
            {
                case TensorRef tensor:
                    tensors.Add(tensor);
                    break;
                case Constant { Value: double or float or int or long } number when number.Value is double or float || given.Skip(1).Any(o => Resolve(o.Value) is not Constant { Value: int or long }):
                    tensors.Add(Number(number, path + ".number", where));
                    break;
                case ListOf list:
                    tensors.AddRange(Contents(list, where).Select(item => Resolve(Read(item, where)) as TensorRef ?? throw Undecided(item, where)));
                    break;
                case var other:
                    throw other is Choice ? Undecided(other, where) : Unsupported(where, $"{other.Spelled} is not a tensor that forward computes");
            }
        }

        var inputs = tensors.Select(_recorder.Read).ToSeq();
        var reader = new Arguments(this, path, op, inputs);
        var attributes = reader.Read(values);
        return new(op.Name, path, form, inputs, attributes) { Sized = reader.Sized };
    }

    /// <summary>A number where a tensor is expected, which TorchSharp makes one of it.</summary>
    private TensorRef Number(Constant number, string path, IOperation site) => _recorder.Add(
        new(nameof(Full), _recorder.FunctionPath(path, "full"), new(FormKind.Torch, "full"), Seq<int>.Empty, new() { ["size"] = new long[] { 1 }, ["value"] = System.Convert.ToDouble(number.Value, System.Globalization.CultureInfo.InvariantCulture) }), site.Syntax.GetLocation(), false);

    /// <summary>How the path of a function's call ends.</summary>
    private static string FunctionName(Form form, Operator? op) => form.Kind == FormKind.Symbol ? (op?.Name ?? form.Name.Substring("op_".Length)).ToLowerInvariant() : form.Name.TrimEnd('_').Replace('.', '_');

    private bool IsOperand(Argument argument) => TorchNames.IsTensor(argument.Type) || HoldsTensor(argument.Value);
}
