using System.Globalization;
using System.Text;

namespace QatGen.Bpu;

/// <summary>One layer of a run: multiply-accumulates, cycles in which an engine computes for it and in which it moves data (the two overlap), and bytes to and from DDR.</summary>
public sealed record LayerEstimate(string Layer, long Macs, long ComputeCycles, long TransferCycles, long DdrBytes);

/// <summary>What one run of a program takes on its BPU, from the instructions alone.</summary>
public sealed class PerformanceEstimate
{
    internal PerformanceEstimate(BpuProgram program, Timeline timeline)
    {
        var hardware = program.Timing.Hardware;
        March = Marches.MarchSpec.Get(program.Signature.March).DisplayName;
        Batch = program.Batch;
        Cycles = timeline.Cycles;
        DdrBytes = timeline.DdrBytes;
        LatencyUs = program.Timing.Microseconds(timeline.Cycles) + hardware.CallOverheadMicroseconds;
        Layers = program.Layers.Select((l, i) => new LayerEstimate(l.Name, l.Macs, timeline.Layers[i].ComputeCycles, timeline.Layers[i].TransferCycles, timeline.Layers[i].DdrBytes)).ToSeq();
        MacsPerFrame = Layers.Sum(static l => l.Macs) / Batch;
        Utilization = Cycles == 0 ? 0 : (double)MacsPerFrame * Batch / ((double)Cycles * hardware.MacsPerCycle);
    }

    /// <summary>The march as Horizon spells it.</summary>
    public string March { get; }

    /// <summary>Frames per run.</summary>
    public int Batch { get; }

    /// <summary>Cycles of the core per run.</summary>
    public long Cycles { get; }

    /// <summary>Microseconds per run, the host's call overhead included.</summary>
    public double LatencyUs { get; }

    /// <summary>Frames per run divided by its latency.</summary>
    public double FramesPerSecond => Batch * 1e6 / LatencyUs;

    /// <summary>Bytes to and from DDR per run.</summary>
    public long DdrBytes { get; }

    public double DdrBytesPerFrame => (double)DdrBytes / Batch;

    /// <summary>Multiply-accumulates of the model, without what alignment adds.</summary>
    public long MacsPerFrame { get; }

    /// <summary>The share of the core's multiply-accumulates that the model uses, from 0 to 1.</summary>
    public double Utilization { get; }

    public Seq<LayerEstimate> Layers { get; }

    public override string ToString()
    {
        var text = new StringBuilder();
        var culture = CultureInfo.InvariantCulture;
        text.Append(culture, $"{March}, batch {Batch}: {LatencyUs:N1} us, {FramesPerSecond:N1} frames/s, {DdrBytesPerFrame:N0} DDR bytes/frame, ");
        text.Append(culture, $"{MacsPerFrame:N0} MAC/frame, {Utilization:P1} of the array used\n");
        text.Append(culture, $"{"layer",-28}{"MAC",16}{"compute cycles",16}{"transfer cycles",17}{"DDR bytes",14}\n");
        foreach (var layer in Layers)
        {
            text.Append(culture, $"{layer.Layer,-28}{layer.Macs,16:N0}{layer.ComputeCycles,16:N0}{layer.TransferCycles,17:N0}{layer.DdrBytes,14:N0}\n");
        }

        return text.ToString();
    }
}
