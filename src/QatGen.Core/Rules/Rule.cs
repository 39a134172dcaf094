namespace QatGen;

public enum RuleSeverity
{
    Info,
    Warning,
    Error,
}

/// <summary>A rule that a model, a file or a call can break. <c>{0}</c>, <c>{1}</c> ... in <paramref name="Message"/> are the violation's arguments; <paramref name="Remedy"/> says what to do.</summary>
public sealed record Rule(string Id, RuleSeverity Severity, string Title, string Message, string Remedy)
{
    /// <summary>Message and remedy as one text, with the placeholders of <see cref="string.Format(string, object[])"/>.</summary>
    public string Format => $"{Message}. {Remedy}.";
}
