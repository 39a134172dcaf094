using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using QatGen.Graphs;
using QatGen.Operators;

namespace QatGen.Generators.Capture;

/// <summary>Modules: creation, registration under TorchSharp's names, and calls.</summary>
internal sealed partial class Evaluator
{
    /// <summary>The modules that forward has called so far, with the number of calls.</summary>
    private readonly Dictionary<int, int> _called = [];

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

    private static bool IsContainer(Layer layer) => layer.Type.Name is TorchNames.Sequential or TorchNames.ModuleList;

    /// <summary>Adds modules, or (name, module) pairs, to a container; without a name it is the position.</summary>
    private void Append(Layer container, IEnumerable<Datum> modules, IOperation site)
    {
        var children = ((TupleOf)Resolve(Find(container.Id, Slot.Children)!)).Items.ToList();
        foreach (var module in modules)
        {
            var pair = module is TupleOf { Items.Count: 2 } named ? named.Items : new(new Constant(children.Count.ToString(CultureInfo.InvariantCulture)), module);
            CheckName(pair[0], children, site);
            children.Add(new TupleOf(pair));
        }

        Set(container.Id, Slot.Children, new TupleOf(children.ToSeq()), site.Syntax.GetLocation());
    }

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
        var children = ModulePaths.ModuleId(module) is { } id && Find(id, Slot.Children) is { } found ? Resolve(found) : new TupleOf(Seq<Datum>.Empty);
        return children is TupleOf tuple ? tuple.Items.Select(static c => (Text(((TupleOf)c).Items[0]), ((TupleOf)c).Items[1])).ToArray() : throw Undecided(children, site);

        static string Text(Datum name) => name is Constant { Value: string text } ? text : name.Spelled;
    }

    /// <summary>The registered children on both sides of what is undecided. A ModuleList registers what it holds when it is registered itself.</summary>
    private IEnumerable<(string Name, Datum Module)> ChildrenOf(Datum module)
    {
        var id = ModulePaths.ModuleId(module)!.Value;
        var registered = module is Layer { Type.Name: TorchNames.ModuleList } ? Find(id, Slot.Registered) : Find(id, Slot.Children);
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
            case Layer { Type.Name: TorchNames.ModuleList } list when Find(list.Id, Slot.Registered) is null:
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
                    if (Find(instance.Id, SlotOf(field)) is { } value && HoldsModule(value))
                    {
                        Register(instance, new Constant(ComponentName(field)), value, skipKnown: true, site);
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

        if (module is Layer container && IsContainer(container) && TorchNames.Appending.Contains(method.Name))
        {
            var named = arguments is [Constant { Value: string }, _];
            Append(container, named ? [new TupleOf(arguments.ToSeq())] : [.. arguments.SelectMany(a => a is ListOf or Sequence ? Enumerate(a, call) : [a])], call);
            return container;
        }

        return TorchNames.HarmlessOnModules.Contains(method.Name) ? TorchNames.IsModule(method.ReturnType) ? module : new Outside(method.Name)
            : throw Fail(CaptureRules.UnknownOperator, call, $"{TorchNames.Module.Substring(TorchNames.Module.LastIndexOf('.') + 1)}.{method.Name}");
    }

    private Datum CallModule(Datum module, IReadOnlyList<Datum> inputs, IOperation site, Location location)
    {
        if (module is Instance instance)
        {
            var forward = TorchNames.Bases(instance.Type).SelectMany(static t => t.GetMembers(TorchNames.Forward)).OfType<IMethodSymbol>()
                .FirstOrDefault(m => !m.IsAbstract && m.Parameters.Length == inputs.Count && !TorchNames.IsTorch(m));
            return forward is null ? throw Fail(CaptureRules.ExternalCall, site, instance.Type.Name) : Invoke(forward, instance, inputs, site.Syntax.GetLocation());
        }

        if (module is not Layer layer)
        {
            throw Undecided(module, site);
        }

        if (layer.Type.Name == TorchNames.Sequential && inputs.Count == 1)
        {
            return Children(layer, site).Aggregate(inputs[0], (x, child) => Map(child.Module, site, m => CallModule(m, [x], site, m is Layer inner ? inner.Created : location)));
        }

        return CallLayer(layer, inputs, site, location);
    }

    private Datum CallLayer(Layer layer, IReadOnlyList<Datum> inputs, IOperation site, Location location)
    {
        if (!InForward)
        {
            throw Unsupported(site, "the constructor runs a module, which capture does only in forward");
        }

        const string remedy = "keep it in a field or a registered container and call RegisterComponents() last in the constructor";
        var path = _paths.Find(layer.Id) ?? throw Unsupported(site, $"the {layer.Type.Name} is not registered; {remedy}");
        var form = new Form(FormKind.Module, layer.Type.Name);
        var calls = _called[layer.Id] = _called.TryGetValue(layer.Id, out var before) ? before + 1 : 1;
        var op = Catalogue.Find(form);
        if (calls > 1 && op is { OwnsScale: true } or { Fusion: Fusion.BatchNorm })
        {
            context.Report(Violation.Of(CaptureRules.ModuleShared, path, path), location);
        }

        // A module without parameters and scale may serve several calls, as torchvision's blocks do with relu; later ones are told apart by a number.
        return Record(form, op, calls == 1 ? path : $"{path}#{calls}", layer.Type.Name, inputs, layer.Arguments, site, location);
    }
}
