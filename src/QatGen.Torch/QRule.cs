using QatGen.Torch.Configuration;

namespace QatGen.Torch;

/// <summary>Settings for some operators or inputs; of several rules that set the same for one, the last counts.</summary>
public sealed record QRule(Selector Selector)
{
    /// <summary>How the outputs of what is selected are quantized, or the inputs that are.</summary>
    public ActivationSettings Activation { get; init; } = new();

    /// <summary>How the weights of what is selected are quantized.</summary>
    public WeightSettings Weight { get; init; } = new();

    /// <summary>Whether it may select nothing: of a set of rules that is made for any model.</summary>
    public bool IsOptional { get; init; }

    public override string ToString() => $"{Selector} to {string.Join(", ", new[] { SettingsText.Of(Activation), SettingsText.Of(Weight, "weight ") }.Where(static p => p.Length > 0))}";
}
