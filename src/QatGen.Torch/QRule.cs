namespace QatGen.Torch;

/// <summary>Settings for some operators or inputs; of several rules that set the same for one, the last counts.</summary>
public sealed record QRule(Selector Selector)
{
    /// <summary>How the outputs of what is selected are quantized, or the inputs that are.</summary>
    public ActivationSettings Activation { get; init; } = new();

    /// <summary>How the weights of what is selected are quantized.</summary>
    public WeightSettings Weight { get; init; } = new();

    public override string ToString()
    {
        var parts = new[] { Text("", Activation), Text("weight ", Weight) }.Where(static p => p.Length > 0);
        return $"{Selector} to {string.Join(", ", parts)}";
    }

    private static string Text<T>(string prefix, T settings) =>
        string.Join(", ", typeof(T).GetProperties().Select(p => (p.Name, Value: p.GetValue(settings))).Where(static p => p.Value is not null)
            .Select(p => prefix + (p.Value is DType type ? type.Name() : FormattableString.Invariant($"{p.Name} {p.Value}"))));
}
