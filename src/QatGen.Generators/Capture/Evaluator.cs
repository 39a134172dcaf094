using Microsoft.CodeAnalysis;
using QatGen.Graphs;

namespace QatGen.Generators.Capture;

/// <summary>
/// The partial evaluator: runs a model's constructor and forward over the compiler's operation trees, with the constructor's parameters symbolic. Each part of the class evaluates one family of
/// operations. What it cannot decide is a located violation, never a guess. In a block, an argument of an operator may wait for the model that constructs the block, and conditions
/// on the constructor's arguments may be assumed.
/// </summary>
internal sealed partial class Evaluator(CaptureContext context, Assumptions? assumptions = null)
{
    private readonly Recorder _recorder = new(context);
    private readonly ModulePaths _paths = new();
    private Heap _heap = Heap.Empty;

    /// <summary>The module whose code runs, as named_modules() spells it.</summary>
    private string _path = "";

    /// <summary>What the type parameters of the code that runs stand for.</summary>
    private TypeArguments _types = TypeArguments.None;

    /// <summary>Objects up to this one existed before forward ran, and so keep state from call to call.</summary>
    private int _lastOfConstruction = -1;

    public Recorder Recorder => _recorder;

    /// <summary>Objects that static initializers made, which keep state too, whenever they were made.</summary>
    private readonly List<(int First, int Last)> _static = [];

    /// <summary>The paths of all registered modules but the root's.</summary>
    public Seq<string> Modules => _paths.All.Where(static p => p.Length > 0).Distinct().OrderBy(static p => p, StringComparer.Ordinal).ToSeq();

    /// <summary>The conditions on arguments under which this run holds; null when an argument was given that no condition can compare.</summary>
    public Seq<BlockCondition>? Conditions => _conditions is { } given ? given.Concat((assumptions ?? Assumptions.None).ToConditions()).ToSeq() : null;

    private Seq<BlockCondition>? _conditions;

    private bool InForward => _lastOfConstruction >= 0;

    /// <summary>Whether calls on tensors are the graph's; those of static initializers run once, before.</summary>
    private bool Records => InForward && !_inStatic;

    private bool _inStatic;
    private Seq<GraphInput> _inputs;

    /// <summary>Runs a constructor with the given arguments, or with symbolic ones, then forward on the declared inputs; returns its outputs.</summary>
    public Returned Run(IMethodSymbol constructor, IMethodSymbol forward, ModelInputs declared, Seq<TypedConstant>? given)
    {
        _inputs = declared.Tensors;
        var place = forward.Locations[0];
        var parameters = constructor.Parameters.Select(p => given is { } values ? Given(p, values) : new Scalar(p.Name, Level.Hyper) { Formula = ParameterOf(p) }).ToArray();
        _conditions = given is null ? Seq<BlockCondition>.Empty : Scalars.FormulasOf(parameters) is { } formulas
            ? formulas.Select((f, i) => new BlockCondition(new Formula.Operator("==", new(ParameterOf(constructor.Parameters[i]), f)), true)).ToSeq() : null;
        var model = Construct(constructor, parameters, constructor.Locations.FirstOrDefault(static l => l.IsInSource) ?? place);
        _paths.Name(model, ChildrenOf);
        _recorder.Reserve(_paths.All);
        NameStates();
        var inputs = Given(declared);
        _lastOfConstruction = context.NextId();
        var result = Invoke(forward, model, inputs, place);
        var values = new List<int>();
        var form = FormOf(result);
        return new(values.ToSeq(), form);

        TensorForm FormOf(Datum value)
        {
            switch (Resolve(value))
            {
                case TensorRef tensor:
                    values.Add(_recorder.Read(tensor));
                    return new TensorForm.Tensor(values.Count - 1);
                case TupleOf tuple:
                    return new TensorForm.Tuple(tuple.Items.Select(FormOf).ToSeq());
                case ListOf list when Resolve(Find(list.Id, Slot.Contents)!) is TupleOf contents:
                    return new TensorForm.Collection(contents.Items.Select(FormOf).ToSeq());
                case Choice choice:
                    throw Undecided(choice, place, "");
                case var other:
                    throw Fail(CaptureRules.Unsupported, place, forward.Name, $"it returns {other.Spelled}, not a tensor that it computes");
            }
        }
    }

    /// <summary>The arguments of forward. Lists are the caller's, so that forward may not change them.</summary>
    private Datum[] Given(ModelInputs declared)
    {
        var tensors = declared.Tensors.Select(t => (Datum)_recorder.Input(t.Shape)).ToArray();
        return declared.Parameters.Count == 0 ? tensors : [.. declared.Parameters.Select(p => Given(p.Form))];

        Datum Given(TensorForm form) => form switch
        {
            TensorForm.Tensor tensor => tensors[tensor.Index],
            TensorForm.Tuple tuple => new TupleOf(tuple.Items.Select(Given).ToSeq()),
            TensorForm.Collection list => NewList(list.Items.Select(Given).ToArray()),
            _ => throw new InvalidOperationException(form.GetType().Name),
        };
    }

    /// <summary>The value that [ModelArgs] gives a parameter, or its default.</summary>
    private Datum Given(IParameterSymbol parameter, Seq<TypedConstant> values)
    {
        if (parameter.IsParams && !(values.Count == parameter.Ordinal + 1 && values[parameter.Ordinal].Kind == TypedConstantKind.Array))
        {
            return NewList(values.Skip(parameter.Ordinal).Select(v => Given(v, ModelVariant.ElementOf(parameter.Type))).ToArray());
        }

        return parameter.Ordinal < values.Count ? Given(values[parameter.Ordinal], parameter.Type)
            : parameter.ExplicitDefaultValue is { } value ? new Constant(Scalars.Cast(value, parameter.Type))
            : DefaultOf(parameter.Type);
    }

    private Datum Given(TypedConstant value, ITypeSymbol type) => value switch
    {
        { IsNull: true } => Constant.Null,
        { Kind: TypedConstantKind.Array } => NewList(value.Values.Select(v => Given(v, ModelVariant.ElementOf(type))).ToArray()),
        _ => new Constant(Scalars.Cast(value.Value, type)),
    };

    private static Formula ParameterOf(IParameterSymbol parameter) => new Formula.Parameter(parameter.Name, parameter.Type.Name);

    /// <summary>Writes a slot of an object that is being made; the value is evaluated before the heap is read.</summary>
    private void Put(int owner, object key, Datum value) => _heap = _heap.With(new(owner, Key(owner, key)), value);

    private Datum? Find(int owner, object key) => _heap.Find(new(owner, Key(owner, key)));

    /// <summary>The members of an object are those of its class as declared; a static member exists once for each of the class's type arguments.</summary>
    private static object Key(int owner, object key) => owner != Slot.Static && key is ISymbol symbol ? symbol.OriginalDefinition : key;

    private ITypeSymbol? TypeOf(ITypeSymbol? type) => type is null ? null : _types.Substitute(type, context.Compilation);

    private void Set(int owner, object key, Datum value, Location location)
    {
        if (owner != Slot.Static && (owner <= _lastOfConstruction || (InForward && _static.Any(s => owner > s.First && owner < s.Last))))
        {
            context.Report(Violation.Of(CaptureRules.StateInForward, _path, key is ISymbol symbol ? symbol.Name : "A list of the model"), location);
        }

        Put(owner, key, value);
    }

    private ListOf NewList(IEnumerable<Datum> items)
    {
        var list = new ListOf(context.NextId());
        Put(list.Id, Slot.Contents, new TupleOf(items.ToSeq()));
        return list;
    }

    private CaptureException Fail(Rule rule, Location location, params string[] arguments) => new(Violation.Of(rule, _path, arguments), location);

    private CaptureException Fail(Rule rule, IOperation site, params string[] arguments) => Fail(rule, site.Syntax.GetLocation(), arguments);

    private CaptureException Unsupported(IOperation site, string why) => Fail(CaptureRules.Unsupported, site, SourceText.Of(site), why);

    /// <summary>A block runs once for each outcome of a condition that leaves null here.</summary>
    private Datum NotNull(Datum value, IOperation site) =>
        IsBlock && Resolve(value) is Choice { Condition: var condition } choice && (IsNull(choice.WhenTrue) || IsNull(choice.WhenFalse)) ? throw Undecided(condition, site.Syntax.GetLocation()) : value;

    private static bool IsNull(Datum value) => value is Constant { Value: null };

    /// <summary>A member of null: where conditions are assumed, those are not for this code.</summary>
    private Exception IsNull(IOperation site) => assumptions is { Holding.Count: > 0 } ? new PathThrowsException(site.Syntax.GetLocation()) : Unsupported(site, "it is null here");

    /// <summary>The violation for a value that is not a compile-time constant where one is needed.</summary>
    private CaptureException Undecided(Datum value, IOperation site) => Undecided(value, site.Syntax.GetLocation(), SourceText.Of(site));

    private CaptureException Undecided(Datum value, Location site, string text) => value switch
    {
        Scalar { Level: Level.Data } => Fail(CaptureRules.DataDependent, site, text),
        Scalar { Level: Level.Mode } => Fail(CaptureRules.Unsupported, site, text, "training and deployment share one graph, so nothing but Dropout and batch norm may depend on it"),
        Scalar { Level: Level.Shape } or Dimension or SizesOf => Fail(CaptureRules.Unsupported, site, text, "it depends on the shape of a tensor"),
        Scalar scalar => Undecided(scalar, site),
        Choice choice => Undecided(choice.Condition, site),
        TensorRef => Fail(CaptureRules.DataDependent, site, text),
        _ => Fail(CaptureRules.Unsupported, site, text, $"{value.Spelled} is not known at compile time"),
    };

    private CaptureException Undecided(Scalar condition, Location site) =>
        new(Violation.Of(CaptureRules.Undecided, _path, condition.Spelled), site) { Condition = condition.Formula is { IsFlag: true } ? condition : null };
}
