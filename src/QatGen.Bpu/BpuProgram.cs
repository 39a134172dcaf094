using QatGen.Files;
using QatGen.Marches;

namespace QatGen.Bpu;

/// <summary>A compiled program: instructions and constants for one BPU core, for a fixed number of frames per run. The last of the three representations; immutable.</summary>
public sealed class BpuProgram
{
    internal BpuProgram(Signature signature, MemoryMap memory, Seq<ProgramLayer> layers, Seq<Instruction> instructions, byte[] constants)
    {
        (Signature, Memory, Layers, Instructions, Constants) = (signature, memory, layers, instructions, constants);
        Timing = new(MarchSpec.Get(signature.March).Hardware);
    }

    public Signature Signature { get; }

    /// <summary>Frames per run.</summary>
    public int Batch => Memory.Batch;

    /// <summary>Bytes of weights, biases and tables.</summary>
    public int ConstantBytes => Constants.Length;

    public int InstructionCount => Instructions.Count;

    internal MemoryMap Memory { get; }

    internal Seq<ProgramLayer> Layers { get; }

    internal Seq<Instruction> Instructions { get; }

    internal byte[] Constants { get; }

    internal Timing Timing { get; }

    /// <summary>Writes the program as an .hbm file; an interrupted write leaves the old file or none.</summary>
    public void Save(string path) => AtomicFile.Write(path, stream => stream.Write(ProgramFormat.Write(this)));

    /// <summary>Reads a program; a file that is truncated, changed, newer or of another kind is an error that says so.</summary>
    public static BpuProgram Load(string path) => ProgramFormat.Read(AtomicFile.Read(path), path);

    /// <summary>Throws unless every address lies in its memory, operands fit each other, bindings fit the signature, and no instruction disturbs another that may still run.</summary>
    public void Verify() => ProgramVerifier.Verify(this);

    /// <summary>The instructions as text, one a line.</summary>
    public string Disassemble() => string.Join("\n", Instructions.Select((i, n) => $"{n,5} {Layers[i.Layer].Name,-24} {InstructionSet.Disassemble(i)}"));

    /// <summary>What a run costs, from the same timeline that the simulator counts.</summary>
    public PerformanceEstimate Estimate() => new(this, Timeline.Of(Instructions, Layers.Count, Timing));
}
