namespace QatGen;

/// <summary>QG1xxx: what capture reads from source.</summary>
public static class CaptureRules
{
    public static Rule NotPartial { get; } = new("QG1001", RuleSeverity.Error, "Class is not partial", "'{0}' carries [QatModel] or [QatBlock] but is not partial", "Add the partial modifier to the class and to every class around it");
    public static Rule NotAModule { get; } = new("QG1002", RuleSeverity.Error, "Class is not a model", "'{0}' carries [QatModel] or [QatBlock] but is no TorchSharp module with a forward from tensors that has its source in this project", "Derive from torch.nn.Module<Tensor, Tensor>, or one with more inputs or outputs, and override forward");
    public static Rule UnknownOperator { get; } = new("QG1003", RuleSeverity.Error, "Operator is not supported", "'{0}' has no quantized form", "Replace it with a supported operator");
    public static Rule DataDependent { get; } = new("QG1004", RuleSeverity.Error, "Control flow depends on data", "'{0}' depends on the values in a tensor", "Compute both results and combine them with tensor operators, or decide in the constructor");
    public static Rule Undecided { get; } = new("QG1005", RuleSeverity.Error, "Structure is not decided", "'{0}' depends on a constructor argument that nobody gives", "Use a constant, or give the argument where the block is constructed");
    public static Rule Unsupported { get; } = new("QG1006", RuleSeverity.Error, "Construct is not supported", "'{0}' cannot be captured: {1}", "Write it with the constructs that the documentation lists");
    public static Rule Argument { get; } = new("QG1007", RuleSeverity.Error, "Argument is not supported", "{0} with {1} '{2}' has no quantized form", "Use {3}");
    public static Rule ExternalCall { get; } = new("QG1008", RuleSeverity.Error, "Call without source", "'{0}' takes a tensor or module and its source is not in this project", "Move the code into the project, use TorchSharp operators, or put [QatBlock] on the module class in its own project");
    public static Rule InPlace { get; } = new("QG1009", RuleSeverity.Error, "In-place on a value used later", "'{0}' overwrites a value that is read again later", "Use the form that is not in-place");
    public static Rule Budget { get; } = new("QG1010", RuleSeverity.Error, "Too much to evaluate", "'{0}' exceeds the budget of steps or depth", "Bound the loop or recursion by constants");
    public static Rule StateInForward { get; } = new("QG1011", RuleSeverity.Error, "State written in forward", "'{0}' is assigned in forward and would be read as its first value", "Keep values of one call in locals");
    public static Rule LoneBatchNorm { get; } = new("QG1012", RuleSeverity.Error, "Size of a batch norm is not known", "The batch norm '{0}' does not follow a convolution that only it reads, and a constructor argument decides its size", "Place it directly after a convolution, or give its size as a constant");
    public static Rule SharedFold { get; } = new("QG1026", RuleSeverity.Error, "Shared convolution folds differently", "'{0}' is called again with another batch norm behind it, which its shared weights cannot take up", "Give each call a convolution of its own");
    public static Rule NoEffect { get; } = new("QG1020", RuleSeverity.Warning, "Attribute has no effect", "[{0}] on '{1}' has no effect: {2}", "Remove it, or put it where it applies");
    public static Rule ModelArguments { get; } = new("QG1018", RuleSeverity.Error, "Model arguments do not fit", "[ModelArgs] of '{0}' {1}", "Give the values of one constructor in the order of its parameters, and each variant a name of its own");
    public static Rule Recursion { get; } = new("QG1019", RuleSeverity.Error, "Recursion is too deep", "'{0}' calls itself more often than capture follows", "Bound the recursion by constants, or write it as a loop");
    public static Rule ModuleShared { get; } = new("QG1013", RuleSeverity.Warning, "Module is called twice", "'{0}' is called more than once in forward", "Its calls share parameters and have a scale each; give each call a module of its own where their data differ much");
    public static Rule ListLength { get; } = new("QG1027", RuleSeverity.Error, "Number of inputs is not known", "'{0}' of forward is a list of tensors, and nobody says how many", "Give each of its tensors an [InputShape(...)], take one list only, or take a tuple");
    public static Rule BatchMoved { get; } = new("QG1040", RuleSeverity.Error, "Batch is not first", "'{0}' has the batch at axis {1}, and the program keeps it first", "Move the batch back to axis 0 before it, and put [InputShape(...)] on the model's class, so that it can be said where the axes are");
    public static Rule StaleBlock { get; } = new("QG1025", RuleSeverity.Error, "Block cannot be read", "The graph that the assembly of '{0}' carries cannot be read: {1}", "Rebuild that project with the version of QatGen that this one uses");
    public static Rule ImageType { get; } = new("QG1060", RuleSeverity.Error, "Images have 8 bits", "The input '{0}' comes from the camera and is to be {1}", "Leave the type of an image at qint8, or let it come from memory");
}
