namespace QatGen;

/// <summary>QG4xxx: what a march can run.</summary>
public static class MarchRules
{
    public static Rule Limit { get; } = new("QG4001", RuleSeverity.Error, "Limit of the march exceeded", "{0} takes {1} only with {2}; this one has {3}", "Change the layer, or choose a march that allows it");
    public static Rule Primitive { get; } = new("QG4002", RuleSeverity.Error, "Not on this march", "{0} has no {1}", "Write the layer differently, or choose a march that has it");
    public static Rule InputType { get; } = new("QG4003", RuleSeverity.Error, "Type cannot be read on this march", "{0} reads {2} in {1}; this one reads {3}", "Quantize the layer before to that type, or choose a march that reads this one");
    public static Rule OutputType { get; } = new("QG4004", RuleSeverity.Error, "Type cannot be written on this march", "{0} writes {2} in {1}; this one writes {3}", "Quantize the layer to that type, or choose a march that writes this one");
}
