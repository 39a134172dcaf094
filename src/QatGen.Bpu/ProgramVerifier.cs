namespace QatGen.Bpu;

/// <summary>Checks a program before anything runs it, so that the simulator can rely on every address and shape.</summary>
internal static class ProgramVerifier
{
    public static void Verify(BpuProgram program)
    {
        var memory = program.Memory;
        Expect(memory.Batch > 0 && memory.SramBytes > 0 && memory.WorkspaceBytes >= 0 && (long)memory.WorkspaceBytes + program.Constants.Length <= int.MaxValue, "", "its memories have no size");
        Expect(program.Layers.All(static l => l.Macs >= 0), "", "a layer has a negative cost");
        Bindings(program, memory.Inputs, program.Signature.Inputs);
        Bindings(program, memory.Outputs, program.Signature.Outputs);
        var clocks = new Clocks();
        for (var i = 0; i < program.Instructions.Count; i++)
        {
            var instruction = program.Instructions[i];
            Expect(instruction.Layer >= 0 && instruction.Layer < program.Layers.Count, "", $"instruction {i} belongs to no layer");
            var layer = program.Layers[instruction.Layer].Name;
            Expect(Regions(instruction).All(static r => r.IsValid) && instruction.IsConsistent, layer, $"the operands of instruction {i} do not fit each other");
            Expect(instruction.Accesses.All(a => InMemory(program, a)), layer, $"instruction {i} reaches out of memory");
            Expect(clocks.Holds(instruction), layer, $"instruction {i} does not wait for what it depends on");
        }
    }

    private static void Bindings(BpuProgram program, Seq<Binding> bindings, Seq<TensorSpec> specs)
    {
        Expect(bindings.Count == specs.Count, "", "inputs or outputs do not match the signature");
        for (var i = 0; i < specs.Count; i++)
        {
            var (binding, spec) = (bindings[i], specs[i]);
            var elements = spec.Shape.Skip(1).Aggregate(1L, static (n, d) => Math.Min(n * d, int.MaxValue));
            Expect(binding.Frame.IsValid && binding.Frame.Type == spec.DType && binding.Frame.Elements == elements, spec.Name, $"'{spec.Name}' does not match the signature");
            var end = binding.Frame.End + ((program.Batch - 1L) * binding.FrameBytes);
            Expect(binding.FrameBytes >= 0 && InMemory(program, new(MemoryKind.Ddr, binding.Frame.Address, end, true)), spec.Name, $"'{spec.Name}' is not in memory");
        }
    }

    private static IEnumerable<Region> Regions(Instruction instruction) =>
        InstructionSet.Operands(instruction).SelectMany(static o => o is Region r ? [r] : o is Seq<Region> list ? list : Enumerable.Empty<Region>());

    /// <summary>Nothing may cross from the constants into the workspace or write to the constants.</summary>
    private static bool InMemory(BpuProgram program, Access access)
    {
        var constants = program.Constants.Length;
        var (start, end) = access.Memory == MemoryKind.Sram ? (0, program.Memory.SramBytes)
            : access.Start < constants && !access.Writes ? (0, constants) : (constants, constants + program.Memory.WorkspaceBytes);
        return access.Start >= start && access.End <= end;
    }

    private static void Expect(bool condition, string layer, string problem)
    {
        if (!condition)
        {
            throw QatGenException.Of(FileRules.Malformed, layer, problem);
        }
    }
}
