namespace QatGen.Torch.Improvement;

/// <summary>An operator or input that was looked at for qint16: it becomes that, unless <paramref name="Reason"/> says why not.</summary>
public sealed record PromotedOperator(string Layer, string Operator, double Sensitivity, string Reason)
{
    /// <summary>Whether it becomes qint16.</summary>
    public bool IsPromoted => Reason.Length == 0;

    /// <summary>The paths of the modules that it is made of.</summary>
    internal IReadOnlyList<string> Modules { get; init; } = [];

    /// <summary>The selector of a rule.</summary>
    public Selector Selector => Operator == SensitivityAnalysis.InputOperator ? Selector.Input(Layer) : Selector.Path(Layer);
}
