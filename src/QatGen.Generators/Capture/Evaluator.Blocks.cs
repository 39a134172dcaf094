using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using QatGen.Graphs;
using QatGen.Operators;

namespace QatGen.Generators.Capture;

/// <summary>Blocks of other projects: their source is not here, but their assembly carries their graph.</summary>
internal sealed partial class Evaluator
{
    private Block? BlockOf(INamedTypeSymbol type, IOperation site)
    {
        try
        {
            return context.Block(type);
        }
        catch (FormatException wrong)
        {
            throw Fail(CaptureRules.StaleBlock, site, type.Name, wrong.Message);
        }
    }

    /// <summary>A module of another project, whose assembly carries its graph, that is kept as it is, or that is refused.</summary>
    private Layer NewBlock(INamedTypeSymbol type, IMethodSymbol constructor, IReadOnlyList<IArgumentOperation> arguments, IOperation creation, Frame frame)
    {
        if (IsKept(type))
        {
            return new(context.NextId(), type, BindNamed(arguments, frame), creation.Syntax.GetLocation());
        }

        var block = BlockOf(type, creation) ?? throw Fail(CaptureRules.ExternalCall, creation, type.Name);
        var layer = new Layer(context.NextId(), type, BindNamed(arguments, frame), creation.Syntax.GetLocation());
        if (creation is IObjectCreationOperation { Initializer: not null } || IsContainer(layer))
        {
            throw Unsupported(creation, $"{type.Name} is a block of another project: it may have no object initializer, and not the name of a container of TorchSharp");
        }

        var variants = block.Find(constructor.GetDocumentationCommentId() ?? "").ToArray();
        var variant = variants.Length == 0 ? throw Fail(CaptureRules.StaleBlock, creation, type.Name, "it does not know this constructor")
            : variants.FirstOrDefault(v => v.Conditions.All(c => Holds(c, layer, creation))) ?? throw Unsupported(creation, "its constructor throws with these arguments, or [ModelArgs] gives others");

        // Its modules are named as children with dotted names; nothing else can be done with them here.
        var modules = variant.Modules.Select(path => (Datum)new TupleOf(new(new Constant(path), new Layer(context.NextId(), type, Seq<Argument>.Empty, layer.Created))));
        Put(layer.Id, Slot.Children, new TupleOf(modules.ToSeq()));
        return layer with { Block = variant };
    }

    private bool Holds(BlockCondition condition, Layer block, IOperation site) =>
        Compute(condition.Formula, block, site) is var value && value is Constant { Value: bool holds } ? holds == condition.Holds : throw Undecided(value, site);

    /// <summary>Calls a block: its nodes are recorded as if they were written here, under the block's own path and with its arguments in place of its parameters.</summary>
    private Datum CallBlock(Layer layer, BlockVariant block, IReadOnlyList<Datum> inputs, IOperation site, Location location)
    {
        var forms = block.Graph.Parameters.Count > 0 ? block.Graph.Parameters.Select(static p => p.Form).ToSeq() : block.Graph.Inputs.Select(static _ => TensorForm.Single).ToSeq();
        if (inputs.Count != forms.Count)
        {
            throw Fail(CaptureRules.ExternalCall, site, layer.Type.Name);
        }

        var values = inputs.SelectMany((x, i) => TensorsOf(x, forms[i])).ToList();
        var several = new Dictionary<string, string>();
        var outer = _path;
        _path = _paths.Find(layer.Id) ?? outer;
        SayOf(block.Graph, _path);
        foreach (var node in block.Graph.Nodes)
        {
            values.Add(context.Step(site, _path, () => node.IsOpaque || node.Form.Kind == FormKind.State ? RecordOpaqueAgain(node, layer, block.Graph, values, site, location) : RecordAgain(node)));
        }

        _path = outer;
        return OutputOf(block.Graph.Returns);

        IEnumerable<TensorRef> TensorsOf(Datum value, TensorForm form) => (Resolve(value), form) switch
        {
            (TensorRef tensor, TensorForm.Tensor) => [tensor],
            (TupleOf { Items: var items }, TensorForm.Tuple tuple) => items.SelectMany((x, i) => TensorsOf(x, tuple.Items[i])),
            (ListOf list, TensorForm.Collection collection) when Contents(list, site) is var items => items.Count == collection.Items.Count ? items.SelectMany((x, i) => TensorsOf(x, collection.Items[i]))
                : throw Unsupported(site, $"{layer.Type.Name} is a block for lists of {collection.Items.Count} tensors, not {items.Count}"),
            (var other, _) => throw Undecided(other, site),
        };

        TensorRef RecordAgain(Node node)
        {
            var op = Catalogue.Get(node.Operator);
            var path = node.Form.Kind == FormKind.Module
                ? NextCall(Inside(PathOf(layer.Id, layer.Type, site), node.ModulePath))
                : ItemPath(node, op) ?? _recorder.FunctionPath(ModuleOf(node), FunctionName(node.Form, op));
            var (operands, sized) = (node.Inputs.Select(i => values[i]).ToArray(), node.Sized.Select(i => values[i].Number).ToSeq());
            var attributes = new Arguments(this, path, op, operands.Select(static o => o.Number).ToSeq()).Read(node.Attributes, sized, layer, site);
            return _recorder.Add(node with { Path = path, Inputs = operands.Select(_recorder.Read).ToSeq(), Sized = sized, Attributes = attributes }, location, op.IsView);
        }

        // The results of one call have the path of the call.
        string? ItemPath(Node node, Operator op)
        {
            if (node.Attributes[Operator.Item] is not Value.Integer item || !node.Path.EndsWith("." + item.ToCode(static _ => ""), StringComparison.Ordinal))
            {
                return null;
            }

            var call = node.Path.Substring(0, node.Path.LastIndexOf('.'));
            if (!several.TryGetValue(call, out var path))
            {
                several[call] = path = _recorder.FunctionPath(ModuleOf(node with { Path = call }), FunctionName(node.Form, op));
            }

            return _recorder.FunctionPath("", path + node.Path.Substring(call.Length));
        }

        Datum OutputOf(TensorForm form) => form switch
        {
            TensorForm.Tensor tensor => values[block.Graph.Outputs[tensor.Index]],
            TensorForm.Tuple tuple => new TupleOf(tuple.Items.Select(OutputOf).ToSeq()),
            TensorForm.Collection collection => NewList(collection.Items.Select(OutputOf).ToArray()),
            _ => throw new InvalidOperationException(form.GetType().Name),
        };
    }

    /// <summary>The module in whose code a function of the block whose code runs is called.</summary>
    private string ModuleOf(Node function) => Inside(_path, function.Path.Substring(0, Math.Max(0, function.Path.LastIndexOf('.'))));

    private static string Inside(string module, string path) => module.Length == 0 ? path : path.Length == 0 ? module : module + "." + path;

    /// <summary>A formula with the arguments of a block in place of its parameters.</summary>
    private Datum Compute(Formula formula, Layer block, IOperation site)
    {
        return Flatten(Resolve(formula switch
        {
            Formula.Parameter parameter => block.Arguments.FirstOrDefault(a => a.Name == parameter.Name)?.Value ?? throw Stale(),
            Formula.Literal { Value: Value.Integer { Number: >= int.MinValue and <= int.MaxValue and var number } } => new Constant((int)number),
            Formula.Literal { Value: Value.Integer { Number: var number } } => new Constant(number),
            Formula.Literal { Value: Value.Real { Number: var number } } => new Constant(number),
            Formula.Literal { Value: Value.Logical { Flag: var flag } } => new Constant(flag),
            Formula.Cast cast => Map(Operand(cast.Operand), site, v => Cast(v, context.NumberType(cast.Type) ?? throw Stale())),
            Formula.Operator { Operands: [var condition, var yes, var no] } => Conditional(Operand(condition), site, () => Operand(yes), () => Operand(no)),
            Formula.Operator { Operands: [var left, var right] } operation => Operate(Scalars.Kind(operation.Symbol) ?? throw Stale(), operation.Operands.Select(Operand).ToArray(), site),
            Formula.Operator { Operands: [var operand], Symbol: var symbol } =>
                Map(Operand(operand), site, v => Scalars.Unary(symbol == "!" ? UnaryOperatorKind.Not : UnaryOperatorKind.Minus, v) ?? throw Stale()),
            Formula.Call call => CallMath(call.Class, call.Method, context.NumberType(call.Type) ?? throw Stale(), Scalars.Align(call.Arguments.Select(Operand).ToArray()), site) ?? throw Stale(),
            _ => throw Stale(),
        }));

        Datum Operand(Formula operand) => Compute(operand, block, site);

        Datum Operate(BinaryOperatorKind kind, Datum[] operands, IOperation at) => Map(operands[0], operands[1], at, (a, b) =>
            Scalars.Align(a, b) is [var left, var right] ? this.Operate(kind, left, right, at, true) : throw Stale());

        Datum Cast(Datum value, INamedTypeSymbol type) => value switch
        {
            Constant constant => new Constant(Arithmetic(() => Scalars.Cast(constant.Value, type), site)),
            Scalar scalar => Scalars.Cast(scalar, type),
            _ => throw Undecided(value, site),
        };

        CaptureException Stale() => Fail(CaptureRules.StaleBlock, site, block.Type.Name, $"it computes with {formula.GetType().Name} in an unknown way");
    }
}
