namespace QatGen;

/// <summary>QG5xxx: what the BPU's compiler and simulator can take.</summary>
public static class BpuRules
{
    public static Rule DoesNotFit { get; } = new("QG5001", RuleSeverity.Error, "Layer does not fit on chip", "The smallest tile needs {0} bytes of on-chip memory, the core has {1}", "Use fewer channels, a narrower map or a smaller kernel in this layer");
    public static Rule TensorKind { get; } = new("QG5002", RuleSeverity.Error, "Tensor is not for the BPU", "The BPU holds tensors of 1 to 6 dimensions; this one is {0}", "Reshape it to at most 6 dimensions");
    public static Rule FrameCount { get; } = new("QG5003", RuleSeverity.Error, "Batch does not fit the program", "The program was compiled for {0} frames and runs multiples of that on equally many frames of every input; given were {1}", "Give a multiple of that batch, or compile with another CompilerOptions.Batch");
    public static Rule AddressSpace { get; } = new("QG5004", RuleSeverity.Error, "Program does not fit into DDR", "Constants and tensors need {0} bytes of DDR, addresses reach {1}", "Compile for a smaller batch or input");
    public static Rule Options { get; } = new("QG5005", RuleSeverity.Error, "Compiler option is not valid", "{0} is {1}", "Use a positive number");
    public static Rule InputCount { get; } = new("QG5006", RuleSeverity.Error, "Wrong number of inputs", "The program takes {0} inputs, {1} were given", "Give one tensor per input of the signature, in its order");
}
