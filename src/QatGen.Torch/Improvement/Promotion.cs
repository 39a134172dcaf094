using static TorchSharp.torch;

namespace QatGen.Torch.Improvement;

/// <summary>The most sensitive operators that a budget and the march let be qint16, or have all bits of weights, and those passed over, in the order of their sensitivity; as text a table.</summary>
public sealed record Promotion(IReadOnlyList<PromotedOperator> Operators)
{
    /// <summary>The rules for <see cref="QConfig.Rules"/>.</summary>
    public IReadOnlyList<QRule> Rules => [.. Operators.Where(static o => o.IsPromoted).Select(static o => o.Rule)];

    /// <summary>
    /// The same as attributes to paste into the source of the float model, one line for each operator: which field or parameter it belongs on. What has no field of its own, such as a call of a function or a part of a Sequential, is a rule.
    /// </summary>
    public string Attributes(nn.Module floatModel) => SourceAttributes.Of(this, floatModel);

    public override string ToString() => TextTable.Of(
        ["operator", "kind", "quantized", "sensitivity", "to", ""],
        Operators.Select(static o => new[] { o.Layer, o.Operator, o.Type.ToString().ToLowerInvariant(), TextTable.Number(o.Sensitivity), o.Becomes, o.IsPromoted ? "yes" : "no: " + o.Reason }));
}
