namespace QatGen.Marches;

/// <summary>
/// What the cost model knows of a BPU core. <paramref name="MacsPerCycle"/> int8 multiply-accumulates where every input channel meets every output channel, and
/// <paramref name="ElementsPerCycle"/> where channels stay apart (depthwise, pooling, rescaling); <paramref name="ChannelAlignment"/> channels are processed together;
/// <paramref name="SramBytes"/> on-chip memory; <paramref name="DdrBytesPerSecond"/> sustained; <paramref name="LayerOverheadCycles"/> to start an instruction;
/// <paramref name="CallOverheadMicroseconds"/> per inference.
/// </summary>
public sealed record Hardware(
    int MacsPerCycle, int ElementsPerCycle, double ClockHz, int ChannelAlignment, int SramBytes, double DdrBytesPerSecond, int LayerOverheadCycles, double CallOverheadMicroseconds);
