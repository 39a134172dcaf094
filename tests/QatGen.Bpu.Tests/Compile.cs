using QatGen.Primitives;

namespace QatGen.Bpu.Tests;

/// <summary>Compiles for tests.</summary>
internal static class Compile
{
    /// <summary>Compiles with the least on-chip memory that the program can do with, in steps of an eighth.</summary>
    public static BpuProgram InSmallestSram(IntGraph graph, int batch = 1)
    {
        for (var bytes = 256; ; bytes += Math.Max(64, bytes / 8))
        {
            try
            {
                return BpuCompiler.Compile(graph, new(batch, bytes));
            }
            catch (QatGenException e) when (e.Violations[0].Rule == BpuRules.DoesNotFit)
            {
            }
        }
    }
}
