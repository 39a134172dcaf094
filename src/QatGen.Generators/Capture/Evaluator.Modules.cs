using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using QatGen.Graphs;
using QatGen.Operators;

namespace QatGen.Generators.Capture;

/// <summary>Modules: creation, registration under TorchSharp's names, and calls.</summary>
internal sealed partial class Evaluator
{
    /// <summary>The paths of the modules that forward has called so far, with the number of calls.</summary>
    private readonly Dictionary<string, int> _called = [];

    /// <summary>A module of TorchSharp, made by a factory of torch.nn or by its constructor.</summary>
    private Layer NewLayer(INamedTypeSymbol type, IEnumerable<IArgumentOperation> written, IOperation site, Frame frame)
    {
        var arguments = BindNamed(written, frame);
        var layer = new Layer(context.NextId(), type, arguments, site.Syntax.GetLocation());
        if (IsContainer(layer))
        {
            Put(layer.Id, Slot.Children, new TupleOf(Seq<Datum>.Empty));
            foreach (var argument in arguments)
            {
                Append(layer, argument.Value is Constant { Value: null } ? [] : Enumerate(argument.Value, argument.Site), site);
            }
        }

        return layer;
    }

    /// <summary>A container made by a collection expression.</summary>
    private Layer NewLayer(INamedTypeSymbol type, IReadOnlyList<Datum> children, IOperation site)
    {
        var layer = new Layer(context.NextId(), type, Seq<Argument>.Empty, site.Syntax.GetLocation());
        Put(layer.Id, Slot.Children, new TupleOf(Seq<Datum>.Empty));
        Append(layer, children, site);
        return layer;
    }

    private static bool IsContainer(Layer layer) => layer.Type.Name is TorchNames.Sequential or TorchNames.ModuleList or TorchNames.ModuleDict;

    /// <summary>Adds modules, or (name, module) pairs, to a container, or to an object of a class derived from Sequential; without a name it is the position.</summary>
    private void Append(Datum container, IEnumerable<Datum> modules, IOperation site)
    {
        var (id, key) = container is Instance own ? (own.Id, Slot.Steps) : (((Layer)container).Id, Slot.Children);
        var children = ((TupleOf)Resolve(Find(id, key) ?? new TupleOf(Seq<Datum>.Empty))).Items.ToList();
        foreach (var module in modules)
        {
            var pair = module is TupleOf { Items.Count: 2 } named ? named.Items : new(new Constant(children.Count.ToString(CultureInfo.InvariantCulture)), module);
            CheckName(pair[0], children, site);
            children.Add(new TupleOf(pair));
            if (container is Instance parent)
            {
                Register(parent, (Constant)pair[0], pair[1], skipKnown: false, site);
            }
        }

        Set(id, key, new TupleOf(children.ToSeq()), site.Syntax.GetLocation());
    }

    private static bool IsSequential(INamedTypeSymbol type) => TorchNames.Bases(type).Any(static t => TorchNames.IsTorch(t) && t.Name == TorchNames.Sequential);

    /// <summary>A child's name must be known and one that TorchSharp takes: not empty, without a dot, and its own.</summary>
    private void CheckName(Datum name, IEnumerable<Datum> siblings, IOperation site)
    {
        if (name is not Constant { Value: string text })
        {
            throw Undecided(name, site);
        }

        if (text.Length == 0 || text.Contains('.') || siblings.Any(s => ((TupleOf)s).Items[0].Equals(name)))
        {
            throw Unsupported(site, $"a module cannot be registered as '{text}': the name is empty, has a dot or stands twice");
        }
    }

    /// <summary>The children that a module registers, or a container holds, by name.</summary>
    private IReadOnlyList<(string Name, Datum Module)> Children(Datum module, IOperation site)
    {
        var children = ModulePaths.ModuleId(module) is { } id && Find(id, module is Instance { Type: var type } && IsSequential(type) ? Slot.Steps : Slot.Children) is { } found
            ? Resolve(found) : new TupleOf(Seq<Datum>.Empty);
        return children is TupleOf tuple ? tuple.Items.Select(static c => (Text(((TupleOf)c).Items[0]), ((TupleOf)c).Items[1])).ToArray() : throw Undecided(children, site);

        static string Text(Datum name) => name is Constant { Value: string text } ? text : name.Spelled;
    }

    /// <summary>The registered children on both sides of what is undecided. A ModuleList registers what it holds when it is registered itself.</summary>
    private IEnumerable<(string Name, Datum Module)> ChildrenOf(Datum module)
    {
        var id = ModulePaths.ModuleId(module)!.Value;
        var registered = module is Layer { Type.Name: TorchNames.ModuleList or TorchNames.ModuleDict } ? Find(id, Slot.Registered) : Find(id, Slot.Children);
        return All(registered);

        static IEnumerable<(string Name, Datum Module)> All(Datum? value) => value switch
        {
            TupleOf tuple => from child in tuple.Items.OfType<TupleOf>() where child.Items[0] is Constant { Value: string } select ((string)((Constant)child.Items[0]).Value!, child.Items[1]),
            Choice choice => All(choice.WhenTrue).Concat(All(choice.WhenFalse)),
            _ => [],
        };
    }

    /// <summary>RegisterComponents: the fields that hold modules become children under their own names, once. TorchSharp does the same to a child that it registers, but not to what a Sequential holds.</summary>
    private void RegisterComponents(Datum module, IOperation site)
    {
        switch (module)
        {
            case Choice choice:
                RegisterComponents(choice.WhenTrue, site);
                RegisterComponents(choice.WhenFalse, site);
                break;
            case Layer { Type.Name: TorchNames.ModuleList or TorchNames.ModuleDict } list when Find(list.Id, Slot.Registered) is null:
                var items = Find(list.Id, Slot.Children)!;
                Put(list.Id, Slot.Registered, items);
                foreach (var child in ChildrenOf(list))
                {
                    RegisterComponents(child.Module, site);
                }

                break;
            case Instance instance when TorchNames.IsModule(instance.Type) && Find(instance.Id, Slot.Registered) is null:
                Put(instance.Id, Slot.Registered, new Constant(true));
                foreach (var field in InstanceFields(instance.Type))
                {
                    var name = new Constant(ComponentName(field));
                    switch (Find(instance.Id, SlotOf(field)))
                    {
                        case { } value when HoldsModule(value):
                            Register(instance, name, value, skipKnown: true, site);
                            break;
                        case { } value when HoldsState(value):
                            RegisterState(instance, name, value, site);
                            break;
                    }
                }

                break;
        }
    }

    private static IEnumerable<IFieldSymbol> InstanceFields(INamedTypeSymbol type) =>
        TorchNames.Bases(type).TakeWhile(static t => !TorchNames.IsTorch(t)).SelectMany(static t => t.GetMembers()).OfType<IFieldSymbol>().Where(static f => !f.IsStatic);

    private static string ComponentName(IFieldSymbol field) =>
        field.GetAttributes().Where(static a => TorchNames.Is(a.AttributeClass, TorchNames.ComponentName)).SelectMany(static a => a.NamedArguments)
            .Select(static n => n.Value.Value).OfType<string>().FirstOrDefault() ?? field.Name;

    private static bool HoldsState(Datum value) => value is Held || (value is Choice choice && (HoldsState(choice.WhenTrue) || HoldsState(choice.WhenFalse)));

    private static bool HoldsModule(Datum value) => value switch
    {
        Instance instance => TorchNames.IsModule(instance.Type),
        Layer => true,
        Choice choice => HoldsModule(choice.WhenTrue) || HoldsModule(choice.WhenFalse),
        _ => false,
    };

    private void Register(Instance parent, Constant name, Datum module, bool skipKnown, IOperation site)
    {
        var children = Find(parent.Id, Slot.Children) is { } found ? Resolve(found) as TupleOf ?? throw Undecided(found, site) : new TupleOf(Seq<Datum>.Empty);
        if (skipKnown && children.Items.Any(c => ((TupleOf)c).Items[0].Equals(name)))
        {
            return;
        }

        CheckName(name, children.Items, site);
        RegisterComponents(module, site);
        Set(parent.Id, Slot.Children, new TupleOf(children.Items.Append(new TupleOf(new(name, module))).ToSeq()), site.Syntax.GetLocation());
    }

    /// <summary>A method of TorchSharp's Module or of a container.</summary>
    private Datum CallModuleMethod(Datum module, IInvocationOperation call, Frame frame)
    {
        var method = call.TargetMethod;
        var arguments = Bind(method, call.Arguments, frame);
        if (method.Name == TorchNames.RegisterComponents)
        {
            RegisterComponents(module, call);
            return Outside.Nothing;
        }

        if (module is Instance parent && TorchNames.Registering.Contains(method.Name) && arguments is [var name, var child])
        {
            Register(parent, name as Constant ?? throw Undecided(name, call.Arguments[0].Value), child, skipKnown: false, call);
            return Outside.Nothing;
        }

        if (module is Instance owner && method.Name is TorchNames.RegisterBuffer or TorchNames.RegisterParameter)
        {
            RegisterState(owner, arguments[0] as Constant ?? throw Undecided(arguments[0], call.Arguments[0].Value), arguments[1], call);
            return Outside.Nothing;
        }

        if ((module is Layer container ? IsContainer(container) : IsSequential(((Instance)module).Type)) && TorchNames.Appending.Contains(method.Name))
        {
            var named = arguments is [Constant { Value: string }, _];
            Append(module, named ? [new TupleOf(arguments.ToSeq())] : [.. arguments.SelectMany(a => a is ListOf or Sequence ? Enumerate(a, call) : [a])], call);
            return module;
        }

        if (module is Layer { Type.Name: TorchNames.ModuleDict } dictionary && LookUp(dictionary, method.Name, arguments, call, frame) is { } found)
        {
            return found;
        }

        return TorchNames.HarmlessOnModules.Contains(method.Name) ? TorchNames.IsModule(method.ReturnType) ? module : new Outside(method.Name)
            : throw Fail(CaptureRules.UnknownOperator, call, $"{TorchNames.Module.Substring(TorchNames.Module.LastIndexOf('.') + 1)}.{method.Name}");
    }

    private Datum CallModule(Datum module, IReadOnlyList<Datum> inputs, IOperation site, Location location) => Ask(module, RunModule(module, inputs, site, location));

    private Datum RunModule(Datum module, IReadOnlyList<Datum> inputs, IOperation site, Location location)
    {
        if (InForward && IsKept(module))
        {
            return CallKept(module, module is Instance kept ? kept.Type : ((Layer)module).Type, inputs, site, location);
        }

        if (module is Instance instance)
        {
            var forward = TorchNames.Bases(instance.Type).SelectMany(static t => t.GetMembers(TorchNames.Forward)).OfType<IMethodSymbol>()
                .FirstOrDefault(m => !m.IsAbstract && m.Parameters.Length == inputs.Count && !TorchNames.IsTorch(m));
            return forward is null && IsSequential(instance.Type) && inputs.Count == 1 ? RunSteps(instance, inputs[0], site, location)
                : forward is null ? throw Fail(CaptureRules.ExternalCall, site, instance.Type.Name) : Invoke(forward, instance, inputs, site.Syntax.GetLocation());
        }

        if (module is not Layer layer)
        {
            throw Undecided(module, site);
        }

        return layer.Type.Name == TorchNames.Sequential && inputs.Count == 1 ? RunSteps(layer, inputs[0], site, location) : CallLayer(layer, inputs, site, location);
    }

    /// <summary>The forward of Sequential.</summary>
    private Datum RunSteps(Datum sequential, Datum input, IOperation site, Location location) =>
        Children(sequential, site).Aggregate(input, (x, child) => Map(child.Module, site, m => CallModule(m, [x], site, m is Layer inner ? inner.Created : location)));

    /// <summary>The methods of ModuleDict that read.</summary>
    private Datum? LookUp(Layer dictionary, string method, IReadOnlyList<Datum> arguments, IInvocationOperation call, Frame frame)
    {
        var children = Children(dictionary, call);
        var child = arguments.FirstOrDefault() is Constant { Value: string key } ? children.Where(c => c.Name == key).Select(static c => c.Module).FirstOrDefault() : null;
        switch (method, arguments.Count)
        {
            case ("keys", 0):
                return NewList(children.Select(static c => new Constant(c.Name)));
            case ("values", 0):
                return NewList(children.Select(static c => c.Module));
            case ("items", 0):
                return NewList(Items(dictionary, call));
            case ("ContainsKey", 1):
                return new Constant(child is not null);
            case ("TryGetValue", 2):
                Assign(call.Arguments[1].Value, child ?? Constant.Null, frame, call);
                return new Constant(child is not null);
            default:
                return null;
        }
    }

    private Datum CallLayer(Layer layer, IReadOnlyList<Datum> inputs, IOperation site, Location location)
    {
        if (!InForward)
        {
            throw Unsupported(site, "the constructor runs a module, which capture does only in forward");
        }

        if (layer.Block is { } block)
        {
            return CallBlock(layer, block, inputs, site, location);
        }

        var form = new Form(FormKind.Module, layer.Type.Name);
        var op = Catalogue.Find(form);
        var name = NextCall(PathOf(layer.Id, layer.Type, site));
        if (op is null)
        {
            var isInPlace = layer.Arguments.Any(static a => a is { Name: TorchNames.InPlace, Value: Constant { Value: true } });
            return RecordOpaque(new(form, layer.Type.Name, name, site, location), null, CallArguments(layer.Type, inputs, site), ResultType(layer.Type), isInPlace);
        }

        var node = Claimed(op, form, name, inputs.SelectMany(i => Untupled(i, site)).Where(static i => i is not Constant).Select(i => (i, site)), layer.Arguments.Concat(Options(layer.Type, inputs, site).Where(o => !op.NamedOperands.Contains(o.Name))).ToSeq());
        node = node with { Attributes = new(node.Attributes.Concat(NamedOperands(op, layer.Type, inputs))) };
        return ResultType(layer.Type) is { } returned && IsSeveral(returned)
            ? RecordSeveral(op, node, new(form, layer.Type.Name, name, site, location), null, Seq<Argument>.Empty, returned)
            : _recorder.Add(node, location, op.IsView);
    }

    private static IReadOnlyList<IParameterSymbol>? Parameters(INamedTypeSymbol module, int count) =>
        TorchNames.Bases(module).SelectMany(static t => t.GetMembers(TorchNames.Forward)).OfType<IMethodSymbol>().FirstOrDefault(m => m.Parameters.Length == count)?.Parameters;

    /// <summary>Which inputs of a module's call the tensors are that the operator knows by name.</summary>
    private IEnumerable<KeyValuePair<string, Value>> NamedOperands(Operator op, INamedTypeSymbol module, IReadOnlyList<Datum> inputs)
    {
        var tensors = Parameters(module, inputs.Count)?.Zip(inputs, static (p, i) => (p.Name, Value: i)).Where(i => Resolve(i.Value) is TensorRef) ?? [];
        return tensors.Select(static (t, i) => new KeyValuePair<string, Value>(t.Name, new Value.Operand(i))).Where(t => op.NamedOperands.Contains(t.Key));
    }

    /// <summary>Arguments of a module's call beside its tensors, by name; for a tensor behind one that is not given, that it is.</summary>
    private IEnumerable<Argument> Options(INamedTypeSymbol module, IReadOnlyList<Datum> inputs, IOperation site)
    {
        var parameters = Parameters(module, inputs.Count);
        var isMissing = false;
        for (var i = 0; i < inputs.Count && parameters is { } named; i++)
        {
            switch (Resolve(inputs[i]))
            {
                case Constant { Value: null }:
                    isMissing = true;
                    break;
                case Constant constant:
                    yield return new(named[i].Name, named[i].Type, constant, site);
                    break;
                case TensorRef when isMissing || inputs.Take(i).Any(static x => x is Constant):
                    yield return new(named[i].Name, context.Compilation.GetSpecialType(SpecialType.System_Boolean), new Constant(true), site);
                    break;
            }
        }
    }

    /// <summary>The tensors of an argument that may be a tuple of them, such as the states of an LSTM, an array, or nothing.</summary>
    private IEnumerable<Datum> Untupled(Datum argument, IOperation site) => Resolve(argument) switch
    {
        TupleOf tuple => tuple.Items.SelectMany(i => Untupled(i, site)),
        ListOf list => Contents(list, site).SelectMany(i => Untupled(i, site)),
        Constant { Value: null } => [],
        var other => [other],
    };

    /// <summary>The path of a module's next call: a module without parameters and scale may serve several, as torchvision's blocks do with relu; later ones are told apart by a number.</summary>
    private string NextCall(string path)
    {
        var calls = _called[path] = _called.TryGetValue(path, out var before) ? before + 1 : 1;
        return calls == 1 ? path : $"{path}#{calls}";
    }

    /// <summary>The arguments of a module's call, named in their order.</summary>
    private static Seq<Argument> CallArguments(INamedTypeSymbol module, IReadOnlyList<Datum> inputs, IOperation site)
    {
        var signature = TorchNames.Signature(module);
        return inputs.Select((value, i) => new Argument(inputs.Count == 1 ? "input" : $"input{i + 1}", signature?.TypeArguments.ElementAtOrDefault(i) ?? module, value, site)).ToSeq();
    }

    private static ITypeSymbol? ResultType(INamedTypeSymbol module) => TorchNames.Signature(module)?.TypeArguments.Last();
}
