namespace QatGen;

/// <summary>QG4xxx: what a march can run.</summary>
public static class MarchRules
{
    public static Rule Limit { get; } = new("QG4001", RuleSeverity.Error, "Limit of the march exceeded", "{0} takes a {1} with {2}; this one has {3}", "Change the layer, or choose a march that allows it");
}
