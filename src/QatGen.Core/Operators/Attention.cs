using QatGen.Graphs;
using QatGen.Passes;

namespace QatGen.Operators;

/// <summary>softmax(Q K^T / sqrt(d) + mask) V of [N, ..., tokens, d]. A mask is a buffer, computed numbers, or bool that is computed or an input, true where a token sees another; or it is causal.</summary>
internal sealed class ScaledDotProductAttention() : CompositeOperator("ScaledDotProductAttention", (4, 800))
{
    private const int Mask = 3;

    public override Seq<Form> Forms => new(new Form(FormKind.Functional, "scaled_dot_product_attention"));

    public override Seq<string> Structural => new("p", "is_casual");

    public override IEnumerable<Violation> Check(Node node)
    {
        if (node.Inputs.Count is not (3 or 4) || (IsCausal(node) && node.Inputs.Count > 3) || node.Real("p", 0) != 0)
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "arguments", node.Attributes.ToString(), "queries, keys and values without dropout, and a mask or is_casual, not both");
        }
    }

    private static bool IsCausal(Node node) => node.Flag("is_casual", false);

    public override Seq<int> MaskOperands(Node node) => new(Mask);

    public override BatchFirst? WithBatchFirst(Node node, Seq<Placed> inputs) => inputs.Take(Mask).All(i => i.Rank == inputs[0].Rank && i.Batch != Placed.NoBatch) ? BatchFirst.InFront(node, inputs, 2) : null;

    public override int[] Expand(Expansion call)
    {
        var (queries, keys) = (call.Inputs[0], call.Inputs[1]);
        var (scores, masks) = (Scores(call, queries, keys, call.Shape(queries).Last()), new ScoreMasks(call));
        if (call.Inputs.Count > Mask)
        {
            scores = masks.Added(scores, call.Inputs[Mask], isShownWhereTrue: true);
        }

        var hidden = IsCausal(call.Node) ? new(call.Add("causal", "CausalMask", Seq<int>.Empty, new() { ["rows"] = Tokens(queries), ["columns"] = Tokens(keys) })) : masks.Hidden;
        return [call.Result("MatMul", new(Weights(call, scores, hidden), call.Inputs[2]))];

        int Tokens(int value) => call.Shape(value) is var shape ? shape[shape.Count - 2] : 0;
    }

    /// <summary>The products of queries and keys whose last axis has so many elements, over the root of that.</summary>
    public static int Scores(Expansion call, int queries, int keys, int width)
    {
        var turned = call.Configured("keys", "Transpose", new(keys), new() { ["dim0"] = -2, ["dim1"] = -1 });
        return call.Add("scaled", "Mul", new(call.Add("scores", "MatMul", new(queries, turned))), new() { ["right"] = 1 / Math.Sqrt(width) });
    }

    /// <summary>How much of each token each one takes.</summary>
    public static int Weights(Expansion call, int scores, Seq<int> hidden) => call.Configured("weights", "Softmax", new([scores, .. hidden]), new() { ["dim"] = -1 });

    public override IEnumerable<Example> Examples()
    {
        var node = new Node(Name, "attention", Forms[0], new(0, 1, 2), new() { ["p"] = 0.0, ["is_casual"] = false });
        yield return Example.Of("tokens", node, [2, 7, 12], [2, 7, 12], [2, 7, 12]);
        yield return Example.Of("heads", node, [2, 3, 5, 8], [2, 3, 9, 8], [2, 3, 9, 8]);
        yield return Example.Of("one token", node, [1, 2, 1, 4], [1, 2, 5, 4], [1, 2, 5, 4]);
        yield return Example.Of("causal", node with { Attributes = new() { ["is_casual"] = true } }, [2, 3, 5, 8], [2, 3, 7, 8], [2, 3, 7, 8]);
        yield return Example.Of("mask", node, [2, 3, 5, 8], [2, 3, 9, 8], [2, 3, 9, 8]).WithBuffer([5, 9]);
        yield return Example.Of("bias", node, [2, 3, 5, 8], [2, 3, 9, 8], [2, 3, 9, 8]).With([3, 5, 9]);
        yield return Example.Of("input mask", node, [2, 3, 5, 8], [2, 3, 9, 8], [2, 3, 9, 8], [2, 1, 5, 9]);
    }
}

/// <summary>
/// Attention of several heads: queries, keys and values through a layer each, <see cref="ScaledDotProductAttention"/> head by head, and a layer over all heads. In the source tensors are [tokens, N, features]; the second
/// result is the mean of the heads' weights, [N, tokens, tokens]. A mask of keys [N, tokens] is bool and true at padding, one of scores a buffer or parameter [tokens, tokens].
/// </summary>
internal sealed class MultiheadAttention() : CompositeOperator("MultiheadAttention", (4, 800))
{
    /// <summary>Says that the tensors have the batch first.</summary>
    private const string BatchIsFirst = "batchIsFirst";

    private const string Padding = "key_padding_mask", Mask = "attn_mask";

    private static readonly Seq<string> Refused = new("add_bias_kv", "add_zero_attn", "kdim", "vdim");

    public override Seq<Form> Forms => new(new Form(FormKind.Module, Name));

    public override Seq<string> Structural => new("embedded_dim", "num_heads", "bias", "dropout", "add_bias_kv", "add_zero_attn", "kdim", "vdim");

    public override bool ReturnsTuple => true;

    public override Seq<string> NamedOperands => new(Padding, Mask);

    public override Seq<int> MaskOperands(Node node) => Given(node, Padding) is { } padding ? new(padding) : Seq<int>.Empty;

    private static int? Given(Node node, string name) => node.Attributes[name] is Value.Operand given ? given.Input : null;

    public override IEnumerable<Violation> Check(Node node)
    {
        var (width, heads) = (node.Integer("embedded_dim", 0), node.Integer("num_heads", 0));
        if (width < 1 || heads < 1 || width % heads != 0 || node.Inputs.Count < 3 || Refused.Any(r => node.Attributes[r] is not (null or Value.Logical { Flag: false })))
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "arguments", node.Attributes.ToString(), "constant sizes, without keys and values of their own");
        }
        else if (!node.Flag(BatchIsFirst, false))
        {
            yield return Violation.Of(
                CaptureRules.Argument, node.Path, Name, "inputs", "the batch at another axis than 1", "tensors [tokens, N, features], for example x.transpose(0, 1), a key_padding_mask [N, tokens], and a buffer as attn_mask");
        }
    }

    public override BatchFirst? WithBatchFirst(Node node, Seq<Placed> inputs) =>
        inputs.Take(3).Any(static i => i.Batch != 1) || (Given(node, Padding) is { } padding && inputs[padding].Batch != 0) || (Given(node, Mask) is { } mask && inputs[mask].Batch != Placed.NoBatch) ? null
        : new(node with { Attributes = new(node.Attributes.Append(new(BatchIsFirst, true))) }, node.Integer(Item, 0) == 0 ? 1 : 0);

    public override string ModuleType => "TorchSharp.Modules." + Name;

    /// <summary>Masks are given by name; what is left out is null.</summary>
    public override string FloatCall(Node node, string module, string[] inputs)
    {
        string Written(string name) => Given(node, name) is { } input ? inputs[input] : "null";
        return $"{module}.call({inputs[0]}, {inputs[1]}, {inputs[2]}, {Written(Padding)}, {(node.Flag("need_weights", true) ? "true" : "false")}, {Written(Mask)})";
    }

    public override int[] Expand(Expansion call)
    {
        var (node, width) = (call.Node, (int)call.Node.Integer("embedded_dim", 0));
        var (heads, bias) = ((int)node.Integer("num_heads", 1), node.Flag("bias", true));
        int[] parts = [.. new[] { "query", "key", "value" }.Select((name, i) => Heads(name, call.Linear(
            name + "_proj", call.Inputs[i], width, "in_proj_weight", bias ? "in_proj_bias" : "", new(ResultOf: node.Operator, FirstRow: i * width, Rows: width))))];
        var (scores, masks) = (ScaledDotProductAttention.Scores(call, parts[0], parts[1], width / heads), new ScoreMasks(call));
        if (Given(node, Mask) is { } mask)
        {
            scores = masks.Added(scores, call.Inputs[mask], isShownWhereTrue: false);
        }

        if (Given(node, Padding) is { } padding)
        {
            scores = masks.Added(scores, call.Configured("padding", "View", new(call.Inputs[padding]), new() { ["shape"] = new Value.Items(new(new Value.InputSize(0), 1, 1, -1)) }), isShownWhereTrue: false);
        }

        var weights = ScaledDotProductAttention.Weights(call, scores, masks.Hidden);
        var values = call.Configured("attended", "Transpose", new(call.Configured("product", "MatMul", new(weights, parts[2]))), Swapped);
        var joined = call.Configured("joined", "View", new(values), new() { ["shape"] = new Value.Items(new(new Value.InputSize(0), -1, width)) });
        return [call.Linear("out_proj", joined, width, "out_proj.weight", bias ? "out_proj.bias" : "", new(ResultOf: node.Operator)), call.Configured("mean", "Mean", new(weights), new() { ["dim"] = new long[] { 1 } })];

        int Heads(string name, int x) => call.Configured(name + "_heads", "Transpose", new(call.Configured(
            name, "View", new(x), new() { ["shape"] = new Value.Items(new(new Value.InputSize(0), -1, heads, width / heads)) })), Swapped);
    }

    private static AttributeMap Swapped { get; } = new() { ["dim0"] = 1, ["dim1"] = 2 };

    public override IEnumerable<Example> Examples()
    {
        Node Of(int item, int width, int heads, bool bias) => new(Name, $"attention.{item}", Forms[0], new(0, 1, 2), new()
        {
            ["embedded_dim"] = width,
            ["num_heads"] = heads,
            ["bias"] = bias,
            [BatchIsFirst] = true,
            [Item] = item,
        });
        yield return Example.Of("heads", Of(0, 12, 3, bias: true), [2, 5, 12], [2, 7, 12], [2, 7, 12]);
        yield return Example.Of("one head", Of(0, 5, 1, bias: false), [2, 4, 5], [2, 4, 5], [2, 4, 5]);
        yield return Example.Of("one token", Of(0, 8, 2, bias: true), [1, 1, 8], [1, 1, 8], [1, 1, 8]);
        yield return Example.Of("weights", Of(1, 12, 3, bias: true), [2, 5, 12], [2, 7, 12], [2, 7, 12]);
        Node Masked(string name, int input) => Of(0, 12, 3, bias: true) is var node ? node with { Attributes = new(node.Attributes.Append(new(name, new Value.Operand(input)))) } : node;
        yield return Example.Of("padding", Masked(Padding, 3), [2, 5, 12], [2, 7, 12], [2, 7, 12], [2, 7]);
        yield return Example.Of("mask", Masked(Mask, 3), [2, 5, 12], [2, 7, 12], [2, 7, 12]).WithBuffer([5, 7]);
    }
}
