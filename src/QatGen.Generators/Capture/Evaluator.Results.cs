using Microsoft.CodeAnalysis;
using QatGen.Graphs;
using QatGen.Operators;

namespace QatGen.Generators.Capture;

/// <summary>Calls of operators that return several tensors: each result that is read is a node of the operator.</summary>
internal sealed partial class Evaluator
{
    private static bool IsSeveral(ITypeSymbol returned) => TupleItems(returned).Count > 0 || ElementType(returned) is not null;

    /// <summary>The results of a call; where they cannot be counted, the call as it was written, from which single ones can be taken.</summary>
    private Datum RecordSeveral(Operator op, Node call, Written written, Datum? receiver, Seq<Argument> arguments, ITypeSymbol returned)
    {
        var isTuple = TupleItems(returned).Count > 0;
        var count = isTuple ? TupleItems(returned).Count : op.CountResults(_recorder.WithSizes(call), call.Inputs.Count > 0 ? _recorder.Shape(call.Inputs[0]) : null);
        if (count is not { } known)
        {
            var whole = RecordOpaque(written, receiver, arguments, returned);
            return whole is ManyOf many ? many with { Claimed = call } : whole;
        }

        Datum[] results = [.. Enumerable.Range(0, Size(known, written.Site)).Select(i => AddItem(op, call, i, $"{call.Path}.{i}", written.Location))];
        return isTuple ? new TupleOf(results.ToSeq()) : NewList(results);
    }

    private TensorRef AddItem(Operator op, Node call, int item, string path, Location location) =>
        _recorder.Add(call with { Path = _recorder.FunctionPath("", path), Attributes = new(call.Attributes.Append(new(Operator.Item, item))) }, location, op.IsView);

    /// <summary>One of several results whose number is not known.</summary>
    private Datum ItemOf(ManyOf many, Datum index, IOperation site)
    {
        var location = site.Syntax.GetLocation();
        var position = index switch
        {
            Constant { Value: int or long } constant => Integer(constant) is >= 0 and var counted ? counted : throw Unsupported(site, "the index is out of range"),
            FromEnd end => -end.Count,
            _ => throw Undecided(index, site),
        };
        if (many.Claimed is { } call)
        {
            var read = call with { Inputs = call.Inputs.Select(static i => new TensorRef(i)).Select(_recorder.Read).ToSeq() };
            return AddItem(Catalogue.Get(call.Operator), read, position, position < 0 ? call.Path : $"{call.Path}.{position}", location);
        }

        var path = _recorder.FunctionPath(_path, "item");
        var item = _recorder.Add(new("item", path, new(FormKind.Item, $"[{index.Spelled}]"), new(many.Number), new()), location, sharesMemory: true);
        return Result(item.Number, path, many.Element, null, location);
    }
}
