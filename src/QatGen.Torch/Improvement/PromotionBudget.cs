namespace QatGen.Torch.Improvement;

/// <summary>How much may become qint16, or have all bits of weights. More bits of weights, which are stored as qint8 anyway, cost no multiply-accumulates and no memory.</summary>
public sealed record PromotionBudget
{
    private PromotionBudget(string kind, double amount) => (Kind, Amount) = (kind, amount);

    internal string Kind { get; }

    internal double Amount { get; }

    /// <summary>So many results of operators, inputs and operators' weights.</summary>
    public static PromotionBudget Operators(int count) => new(nameof(Operators), count);

    /// <summary>As many as a share, 0 to 1, of the operators and inputs that have a scale of their own, rounded down.</summary>
    public static PromotionBudget Share(double share) => new(nameof(Share), share);

    /// <summary>As long as the operators that read qint16 do at most a share, 0 to 1, of all multiply-accumulates.</summary>
    public static PromotionBudget Macs(double share) => new(nameof(Macs), share);

    /// <summary>As long as the results of all operators take at most so much more memory: 0.25 is a quarter.</summary>
    public static PromotionBudget Memory(double share) => new(nameof(Memory), share);

    public override string ToString() => FormattableString.Invariant($"{Kind} {Amount}");
}
