using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using QatGen.Graphs;
using QatGen.Operators;

namespace QatGen.Generators.Capture;

/// <summary>Calls without operator in blocks of other projects: recorded again as they were written there.</summary>
internal sealed partial class Evaluator
{
    /// <summary>What the code of a computed size may name: sizes, conversions and functions of Math.</summary>
    private static readonly Regex Foreign = new(@"(?<![\w.%@])(?!(?:global|Math|MathF|sbyte|byte|short|ushort|int|uint|long|ulong|float|double|true|false|checked|unchecked)\b)[\p{L}_@]\w*", RegexOptions.CultureInvariant);

    /// <summary>What a call without operator reads of the constructor that the projects around it cannot compute; null: nothing.</summary>
    public static string? Foreigner(Node opaque) => opaque.Attributes.Select(static a => Foreigner(a.Value)).FirstOrDefault(static f => f is not null);

    private static string? Foreigner(Value value) => value switch
    {
        Value.Symbol { Formula: null, Expression: not TorchNames.Training } symbol => symbol.Expression,
        Value.Computed computed when Foreign.Match(computed.Code) is { Success: true } match => match.Value,
        _ => Inner(value).Select(Foreigner).FirstOrDefault(static f => f is not null),
    };

    private static IEnumerable<Value> Inner(Value value) => value switch
    {
        Value.Items items => items.Elements,
        Value.Tuple tuple => tuple.Elements,
        Value.Collection collection => collection.Elements,
        Value.Typed typed => [typed.Inner],
        Value.Range range => [range.Start, range.End],
        Value.Call call => call.Arguments.Select(static a => a.Value),
        _ => [],
    };

    private TensorRef RecordOpaqueAgain(Node node, Layer block, Graph graph, IReadOnlyList<TensorRef> values, IOperation site, Location location)
    {
        if (node is { Form.Kind: FormKind.State } && node.Attributes["target"] is Value.Text target)
        {
            return ReadState(Inside(PathOf(block.Id, block.Type, site), target.Content), node.Form.Name == TorchNames.GetParameter, node.Attributes["shape"] is { } shape ? Plain(Again(shape)) : null, site);
        }

        var operands = node.Inputs.Select(i => values[i]).ToArray();
        var path = node.Form.Kind switch
        {
            FormKind.Module => NextCall(Inside(PathOf(block.Id, block.Type, site), node.ModulePath)),
            FormKind.Item => ItemPath(),
            FormKind.Own => _recorder.FunctionPath(ModuleOf(node), node.Form.Name.Substring(node.Form.Name.LastIndexOf('.') + 1)),
            _ => _recorder.FunctionPath(ModuleOf(node), FunctionName(node.Form, Catalogue.Find(node.Form))),
        };
        var attributes = new AttributeMap(node.Attributes.Select(a => new KeyValuePair<string, Value>(a.Key, Again(a.Value))));
        var again = node with { Path = path, Inputs = operands.Select(_recorder.Read).ToSeq(), Attributes = attributes };
        return Indexed(again) is { } indexed ? _recorder.Add(indexed, location, sharesMemory: true) : _recorder.Add(again, location, node.Form.Kind == FormKind.Item || MayShareMemory(node.Form));

        // As the sizes of a parameter are read where the source is here.
        static Value Plain(Value shape) => shape.Replace(static v => v is Value.Typed typed ? typed.Inner : null);

        // A result has the path of the call that gives it, or, where only the running program counts the results, one of its own.
        string ItemPath()
        {
            var call = graph.Producer(node.Inputs[0])!.Path + ".";
            return node.Path.StartsWith(call, StringComparison.Ordinal)
                ? _recorder.FunctionPath("", $"{_recorder.PathOf(operands[0])}.{node.Path.Substring(call.Length)}")
                : _recorder.FunctionPath(ModuleOf(node), "item");
        }

        Value Again(Value value) => value switch
        {
            Value.Module module => module with { Path = Inside(PathOf(block.Id, block.Type, site), module.Path) },
            Value.Symbol { Formula: { } formula } => new OpaqueArguments(this).Read(Compute(formula, block, site), null, site),
            Value.Items items => new Value.Items(All(items.Elements)),
            Value.Tuple tuple => new Value.Tuple(All(tuple.Elements)),
            Value.Collection collection => collection with { Elements = All(collection.Elements) },
            Value.Typed typed => typed with { Inner = Again(typed.Inner) },
            Value.Range range => new Value.Range(Again(range.Start), Again(range.End)),
            Value.Call call => call with { Arguments = new(call.Arguments.Select(a => new KeyValuePair<string, Value>(a.Key, Again(a.Value)))) },
            _ => value,
        };

        Seq<Value> All(Seq<Value> items) => items.Select(Again).ToSeq();
    }
}
