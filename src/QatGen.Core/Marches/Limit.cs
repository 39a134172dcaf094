namespace QatGen.Marches;

/// <summary>
/// One hardware limit of a primitive. The text is said once: the message of the rule and the documentation read it. <paramref name="Holds"/> treats an unknown dimension (-1) as fine;
/// <paramref name="Actual"/> words what was found.
/// </summary>
public sealed record Limit<T>(string Text, Func<T, bool> Holds, Func<T, string> Actual);
