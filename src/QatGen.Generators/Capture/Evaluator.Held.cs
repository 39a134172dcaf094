using Microsoft.CodeAnalysis;
using QatGen.Graphs;
using QatGen.Operators;

namespace QatGen.Generators.Capture;

/// <summary>Tensors that exist before forward runs: parameters, buffers, and what the constructor computes of them.</summary>
internal sealed partial class Evaluator
{
    /// <summary>The parameters and buffers that forward has read, by name.</summary>
    private readonly Dictionary<string, TensorRef> _states = [];

    /// <summary>Where the tensors that exist before forward are registered.</summary>
    private readonly Dictionary<int, (string Name, bool IsParameter, Seq<Datum>? Shape)> _registered = [];

    /// <summary>What is computed before forward runs: a tensor that forward may read, or nothing that plays a part.</summary>
    private Outside NewOutside(string what, ITypeSymbol? type) => TorchNames.IsTensor(type) ? new Held(what, context.NextId(), TorchNames.IsParameter(type)) : new Outside(what);

    /// <summary>The result of a call, with its sizes where the arguments give them: those of a new tensor, of a parameter's data, or of a tensor that the call only changes.</summary>
    private Outside NewHeld(string method, ITypeSymbol? type, Datum? receiver, Seq<Argument> arguments)
    {
        if (NewOutside(method, type) is not Held held)
        {
            return NewOutside(method, type);
        }

        var first = receiver ?? arguments.Select(static a => a.Value).FirstOrDefault();
        return held with { Shape = TorchNames.Creating.Contains(method) ? SizesAmong(arguments) : held.IsParameter || TorchNames.KeepingSizes.Contains(method) ? (first as Held)?.Shape : null };
    }

    /// <summary>The result of an operator on one tensor and numbers.</summary>
    private Outside NewHeld(string what, ITypeSymbol? type, IReadOnlyList<Datum> operands) => NewOutside(what, type) is Held held
        ? held with { Shape = operands.OfType<Held>().Count() == 1 && operands.All(static o => o is Capture.Held or Constant or Scalar) ? operands.OfType<Held>().First().Shape : null }
        : NewOutside(what, type);

    private Seq<Datum>? SizesAmong(Seq<Argument> arguments)
    {
        var sizes = new List<Datum>();
        foreach (var argument in arguments.Where(static a => IsWhole(a.Type) || (ElementType(a.Type) is { } element && IsWhole(element))))
        {
            switch (Resolve(argument.Value))
            {
                case ListOf list when Resolve(Find(list.Id, Slot.Contents)!) is TupleOf contents:
                    sizes.AddRange(contents.Items.Select(Resolve));
                    break;
                case Constant { Value: int or long } or Scalar:
                    sizes.Add(Resolve(argument.Value));
                    break;
                default:
                    return null;
            }
        }

        return sizes.ToSeq();

        static bool IsWhole(ITypeSymbol type) => type.SpecialType is SpecialType.System_Int32 or SpecialType.System_Int64;
    }

    /// <summary>Registers a parameter or buffer under its name.</summary>
    private void RegisterState(Instance owner, Constant name, Datum value, IOperation site)
    {
        var states = Find(owner.Id, Slot.States) is { } found ? Resolve(found) as TupleOf ?? throw Undecided(found, site) : new TupleOf(Seq<Datum>.Empty);
        Set(owner.Id, Slot.States, new TupleOf(states.Items.Append(new TupleOf(new(name, value))).ToSeq()), site.Syntax.GetLocation());
    }

    /// <summary>Names what the registered modules hold, as <c>named_parameters()</c> and <c>named_buffers()</c> spell it.</summary>
    private void NameStates()
    {
        foreach (var module in _paths.Modules.OrderBy(static m => m.Value, StringComparer.Ordinal))
        {
            foreach (var state in Parts(Find(module.Key, Slot.States) ?? Outside.Nothing).OfType<TupleOf>())
            {
                if (state.Items is [Constant { Value: string name }, var value])
                {
                    foreach (var held in Parts(value).OfType<Held>().Where(h => !_registered.ContainsKey(h.Id)))
                    {
                        _registered[held.Id] = (Below(module.Value, name), held.IsParameter, held.Shape);
                    }
                }
            }
        }
    }

    private static string Below(string path, string name) => path.Length == 0 ? name : path + "." + name;

    /// <summary>A tensor that exists before forward, as forward reads it: a node without inputs.</summary>
    private Datum Read(Datum value, IOperation site) => value is Held held && _registered.TryGetValue(held.Id, out var state) ? ReadState(state.Name, state.IsParameter, Sizes(state.Shape), site) : value;

    private TensorRef ReadState(string name, bool isParameter, Value? shape, IOperation site)
    {
        if (!_states.TryGetValue(name, out var tensor))
        {
            var node = ConstantTensor.Read(name, _recorder.FunctionPath("", name), isParameter, shape);
            _states[name] = tensor = _recorder.Add(node, site.Syntax.GetLocation(), sharesMemory: false);
        }

        return tensor;
    }

    /// <summary>Sizes as far as they are known, or will be where a block is constructed; -1 for others.</summary>
    private static Value? Sizes(Seq<Datum>? shape) => shape is not { } sizes ? null : new Value.Items(sizes.Select(static s => s switch
    {
        Constant { Value: int or long } constant => Integer(constant),
        Scalar { Formula: { } formula } scalar => new Value.Symbol(scalar.Expression) { Formula = formula },
        _ => (Value)Primitives.Fact.UnknownDimension,
    }).ToSeq());
}
