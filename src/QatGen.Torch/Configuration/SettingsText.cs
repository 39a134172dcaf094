namespace QatGen.Torch.Configuration;

/// <summary>Settings as text: those that say something.</summary>
internal static class SettingsText
{
    public static string Of<T>(T settings, string prefix = "") =>
        string.Join(", ", typeof(T).GetProperties().Select(p => (p.Name, Value: p.GetValue(settings))).Where(static p => p.Value is not null)
            .Select(p => prefix + (p.Value is DType type ? type.Name() : FormattableString.Invariant($"{p.Name} {p.Value}"))));
}
