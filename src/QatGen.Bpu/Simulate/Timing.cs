using QatGen.Marches;

namespace QatGen.Bpu;

/// <summary>
/// How many cycles an instruction occupies its engine: a fixed start, then the array multiplies ChannelAlignment input by ChannelAlignment output channels at as many positions as its
/// multipliers allow; where channels stay apart, ChannelAlignment of them at as many positions as its lanes allow. The compiler's choices, the estimate and the simulator all use it.
/// </summary>
internal sealed record Timing(Hardware Hardware)
{
    public long Transfer(long bytes) => Hardware.LayerOverheadCycles + (long)Math.Ceiling(bytes * Hardware.ClockHz / Hardware.DdrBytesPerSecond);

    /// <summary>Every input channel with every output channel. The multipliers are int8, so that int16 inputs pass twice, a byte at a time.</summary>
    public long Multiply(long positions, long taps, long inputs, long outputs, DType type) =>
        Hardware.LayerOverheadCycles + (Steps(positions, Hardware.MacsPerCycle / (Hardware.ChannelAlignment * Hardware.ChannelAlignment)) * taps * type.Bytes() * Blocks(inputs) * Blocks(outputs));

    /// <summary>Channel by channel; <paramref name="terms"/> values go into each result.</summary>
    public long Elementwise(long positions, long terms, long channels) =>
        Hardware.LayerOverheadCycles + (Steps(positions, Hardware.ElementsPerCycle / Hardware.ChannelAlignment) * terms * Blocks(channels));

    /// <summary>Products of matrices, rows x inner by inner x columns: the inner dimension runs over the array's inputs, the rows over its outputs. With <paramref name="matrices"/> 0 the rows are the channels.</summary>
    public long MatMul(int matrices, long rows, long inner, long columns, long channels, DType type) =>
        matrices == 0 ? Multiply(columns, 1, inner, channels, type) : Multiply(columns * matrices * channels, 1, inner, rows / matrices, type);

    public double Microseconds(long cycles) => cycles / Hardware.ClockHz * 1e6;

    private static long Steps(long positions, long atOnce) => (positions + atOnce - 1) / atOnce;

    private long Blocks(long channels) => (channels + Hardware.ChannelAlignment - 1) / Hardware.ChannelAlignment;
}
