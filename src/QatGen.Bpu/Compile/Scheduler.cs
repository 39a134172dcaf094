namespace QatGen.Bpu;

/// <summary>
/// Writes the instructions of a placed program in stream order: each tile's loads, computations and store. Every engine has its own queue, so a load runs as far ahead as its buffer
/// allows; the waits between the queues follow from the bytes that instructions touch (<see cref="Clocks"/>).
/// </summary>
internal static class Scheduler
{
    public static Seq<Instruction> Schedule(StepProgram program, Seq<TileGeometry> geometries, Placement placement, ConstantPool constants)
    {
        var clocks = new Clocks();
        var instructions = new List<Instruction>();
        for (var i = 0; i < program.Steps.Count; i++)
        {
            foreach (var instruction in new StepScheduler(i, geometries[i], placement, constants, program.Batch * program.Steps[i].Slices).Run())
            {
                var numbered = instruction with { Layer = program.Steps[i].Layer };
                instructions.Add(numbered with { Waits = clocks.Order(numbered) });
            }
        }

        return instructions.ToSeq();
    }
}
