namespace QatGen;

/// <summary>QG6xxx: files.</summary>
public static class FileRules
{
    public static Rule WrongKind { get; } = new("QG6001", RuleSeverity.Error, "Not such a file", "'{0}' is not a {1} file", "Check the path");
    public static Rule NewerVersion { get; } = new("QG6002", RuleSeverity.Error, "File is newer", "'{0}' has version {1}, this library reads up to {2}", "Update QatGen");
    public static Rule Damaged { get; } = new("QG6003", RuleSeverity.Error, "File is damaged", "'{0}' is truncated or damaged: {1}", "Write it again or restore a copy");
    public static Rule Malformed { get; } = new("QG6004", RuleSeverity.Error, "Program is malformed", "The program is not valid: {0}", "Convert and save the model again");
}
