namespace QatGen.Torch.Improvement;

/// <summary>
/// An operator or input whose result was looked at for qint16, or an operator whose weights were looked at for all bits that weights can have, as <paramref name="Type"/> says: they become that, unless <paramref name="Reason"/> says why not.
/// </summary>
public sealed record PromotedOperator(string Layer, string Operator, SensitivityType Type, double Sensitivity, string Reason)
{
    /// <summary>The most bits that weights have.</summary>
    internal const int WeightBits = 8;

    /// <summary>Whether it becomes what it was looked at for.</summary>
    public bool IsPromoted => Reason.Length == 0;

    /// <summary>What it was looked at for, as text: <c>qint16</c> or <c>8 bits</c>.</summary>
    public string Becomes => Type == SensitivityType.Weight ? $"{WeightBits} bits" : DType.QInt16.Name();

    /// <summary>The paths of the modules that it is made of.</summary>
    internal IReadOnlyList<string> Modules { get; init; } = [];

    /// <summary>The selector of a rule.</summary>
    public Selector Selector => Operator == SensitivityAnalysis.InputOperator ? Selector.Input(Layer) : Selector.Path(Layer);

    /// <summary>The rule that makes it what it was looked at for.</summary>
    public QRule Rule => Type == SensitivityType.Weight ? new(Selector) { Weight = new() { Bits = WeightBits } } : Selector.To(DType.QInt16);
}
