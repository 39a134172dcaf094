namespace QatGen.Bpu.Tests;

public sealed class VerifierTests
{
    private static readonly BpuProgram Program = Small();

    [Fact]
    public void Verify_CompiledProgram_Holds() => Program.Verify();

    /// <summary>Every wait is needed: without it, or with one instruction less, something would be overwritten or read too early.</summary>
    [Fact]
    public void Verify_AnyWaitWeakened_IsRefused()
    {
        var waits = 0;
        for (var i = 0; i < Program.Instructions.Count; i++)
        {
            foreach (var engine in Engines.All.Where(e => Program.Instructions[i].Waits[e] > 0))
            {
                var counts = Engines.All.Select(e => Program.Instructions[i].Waits[e] - (e == engine ? 1 : 0)).ToArray();
                Refused(i, x => x with { Waits = Waits.Of(counts) }, "does not wait");
                waits++;
            }
        }

        Assert.True(waits > 20, $"{waits}");
    }

    [Fact]
    public void Verify_WaitForALaterInstruction_IsRefused() => Refused(0, static x => x with { Waits = new(0, 1, 0, 0) }, "does not wait");

    [Fact]
    public void Verify_AddressBehindTheMemory_IsRefused() =>
        Refused(First<Instruction.Load>(), static x => x is Instruction.Load l ? l with { To = l.To with { Address = 1 << 29 } } : x, "reaches out of memory");

    [Fact]
    public void Verify_StoreIntoTheConstants_IsRefused() =>
        Refused(First<Instruction.Store>(), static x => x is Instruction.Store s ? s with { To = s.To with { Address = 0 } } : x, "reaches out of memory");

    [Fact]
    public void Verify_ShapesThatDiffer_AreRefused() =>
        Refused(First<Instruction.Load>(), static x => x is Instruction.Load l ? l with { To = l.To with { Channels = 1 } } : x, "do not fit");

    [Fact]
    public void Verify_UnknownLayer_IsRefused() => Refused(0, static x => x with { Layer = 999 }, "no layer");

    private static int First<T>() => Program.Instructions.ToList().FindIndex(static i => i is T);

    private static void Refused(int index, Func<Instruction, Instruction> change, string problem)
    {
        var instructions = Program.Instructions.Select((x, i) => i == index ? change(x) : x).ToSeq();
        var broken = new BpuProgram(Program.Signature, Program.Memory, Program.Layers, instructions, Program.Constants);
        var violation = Assert.Throws<QatGenException>(broken.Verify).Violations[0];
        Assert.Equal(FileRules.Malformed, violation.Rule);
        Assert.Contains(problem, violation.Message, StringComparison.Ordinal);
    }

    private static BpuProgram Small()
    {
        Networks.Small(March.BayesE, out var graph);
        return BpuCompiler.Compile(graph, new(Batch: 2, SramBytes: 60_000));
    }
}
