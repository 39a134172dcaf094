namespace QatGen.Bpu;

/// <summary>How to compile: frames per run, and the on-chip memory to use in bytes (0: all that the march has).</summary>
public sealed record CompilerOptions(int Batch = 1, int SramBytes = 0);
