namespace QatGen.Conformance.Samples;

/// <summary>What became of a sample. <paramref name="Message"/> tells more of one that was refused or fails.</summary>
internal sealed record Outcome(OutcomeKind Kind, int Values, string Message = "");

internal enum OutcomeKind
{
    /// <summary>All rungs gave the same integers.</summary>
    Agreed,

    /// <summary>The scales are out of range or a sum could overflow, and the rule that says so was thrown.</summary>
    Refused,

    /// <summary>No march takes the shapes and types.</summary>
    Unfit,

    /// <summary>Two rungs differ, or something else than a rule was thrown.</summary>
    Failed,
}
