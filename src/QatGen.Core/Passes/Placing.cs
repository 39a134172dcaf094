using QatGen.Graphs;
using QatGen.Operators;
using QatGen.Primitives;

namespace QatGen.Passes;

/// <summary>Where the source has the batch of each value, and the shape that the program has for it.</summary>
public static class Placing
{
    /// <summary>How the program makes a call, and its result; null where it needs the batch first and the source has it elsewhere. The sizes among its arguments are numbers (<see cref="WithSizes"/>).</summary>
    public static (BatchFirst? Call, Placed Result) Of(Node node, Seq<Placed> inputs)
    {
        var (hasBatch, unknown) = (inputs.Any(static i => i.Batch != Placed.NoBatch), Fact.Unknown(DType.QInt8));
        if (node.IsOpaque)
        {
            return (inputs.All(static i => i.Batch <= 0) ? new(node, 0) : null, new(unknown, hasBatch ? 0 : Placed.NoBatch));
        }

        var op = Catalogue.Get(node.Operator);
        if (op.IsIdentity)
        {
            return (new(Seq<Node>.Empty, inputs[0].Batch), inputs[0]);
        }

        if (inputs.Count == 0)
        {
            var made = op.WithBatchFirst(node, inputs) ?? new(node, Placed.NoBatch);
            return (made, new(op.Constants(made.Nodes[0]).Select(static r => r.Fact).FirstOrDefault() ?? unknown with { IsConstant = true }, made.Batch));
        }

        if (op.WithBatchFirst(node, inputs) is { } call)
        {
            return (call, inputs is [{ Fact.IsConstant: true } constant] && op.FoldsIntoConstants(node) ? Moved(constant, call) : new(FactOf(call, inputs), call.Batch));
        }

        var isFirst = inputs.All(static i => i.Batch <= 0);
        var same = new BatchFirst(node, hasBatch ? 0 : Placed.NoBatch);
        return isFirst ? (same, new(hasBatch ? FactOf(same, inputs) : unknown with { IsConstant = true }, same.Batch)) : (null, Placed.First(unknown));
    }

    /// <summary>A constant that is moved: meanwhile it has an axis of one in front, which stays where it repeats over the batch.</summary>
    public static Placed Moved(Placed constant, BatchFirst call)
    {
        var fact = constant.Fact;
        var whole = fact.IsKnown && constant.Batch == Placed.NoBatch ? fact with { Shape = fact.Shape.Prepend(1).ToSeq() } : fact;
        var moved = call.Nodes.Aggregate(whole with { IsConstant = false }, static (x, n) => Infer(n, [x]));
        return new((call.Batch == Placed.NoBatch && moved.IsKnown ? moved with { Shape = moved.Shape.Skip(1).ToSeq() } : moved) with { IsConstant = true }, call.Batch);
    }

    /// <summary>The call with numbers for the sizes that it reads, as far as they are known; that of the batch is size 0 of the first input.</summary>
    public static Node WithSizes(Node node, Func<int, Placed> placed)
    {
        var isRead = false;
        var attributes = node.Attributes.Replace(value =>
        {
            isRead |= value is Value.InputSize or Value.Measured;
            return value switch
            {
                Value.InputSize size when placed(size.Input < node.Inputs.Count ? node.Inputs[size.Input] : node.Sized[size.Input - node.Inputs.Count]) is var of =>
                    of.Batch == size.Axis ? new Value.InputSize(0) : of.Size(size.Axis) is { } known ? known : new Value.Computed(size.ToCode(static i => $"%{i}")),
                Value.Measured measured => measured.Number,
                _ => null,
            };
        });
        return isRead ? node with { Sized = Seq<int>.Empty, Attributes = attributes } : node;
    }

    /// <summary>What an operator cannot do of a call, or cannot know without the sizes of its tensors.</summary>
    public static IEnumerable<Violation> Check(Node node)
    {
        var op = Catalogue.Get(node.Operator);
        var found = op.Check(node).ToArray();
        return found.Length > 0 ? found : node.Attributes.Where(a => IsUnknown(a.Value, op.TakesSizes.Contains(a.Key)))
            .Select(a => Violation.Of(CaptureRules.Argument, node.Path, op.Name, a.Key, a.Value.ToCode(static i => i == 0 ? "x" : "x" + i), "sizes that [InputShape(...)] gives"));
    }

    private static bool IsUnknown(Value value, bool takesBatch)
    {
        var isUnknown = false;
        value.Replace(v =>
        {
            isUnknown |= v is Value.Computed || (v is Value.InputSize && !takesBatch);
            return null;
        });
        return isUnknown;
    }

    private static Fact FactOf(BatchFirst call, Seq<Placed> inputs)
    {
        var facts = inputs.Select((x, i) => call.Constants.FirstOrDefault(c => c.Input == i) is { Moved: { } moved } ? Moved(x, moved).Fact : x.Fact).ToArray();
        return call.Nodes.Count == 0 ? facts[0] : call.Nodes.Skip(1).Aggregate(Infer(call.Nodes[0], facts), static (x, n) => Infer(n, [x]));
    }

    /// <summary>The shape by the operator's own meaning; a batch norm, which has none before it is folded, keeps it.</summary>
    private static Fact Infer(Node node, Fact[] inputs)
    {
        var op = Catalogue.Get(node.Operator);
        if (inputs.Any(static i => i is { IsKnown: false, IsConstant: false }) || Check(node).Any())
        {
            return Fact.Unknown(DType.QInt8);
        }

        return op.Fusion == Fusion.BatchNorm ? inputs[0]
            : op.IsComposite(node) ? ExpandComposites.Infer(node, inputs) with { DType = DType.QInt8 }
            : op.Lower(new FactChecker(), node, inputs, [.. op.Constants(node).Select(static r => r.Fact)]) with { DType = DType.QInt8 };
    }
}
