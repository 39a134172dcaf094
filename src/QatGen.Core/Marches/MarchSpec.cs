namespace QatGen.Marches;

/// <summary>A march as data: its name as Horizon spells it, the chips that have it, and its speed. What it has of a primitive stands in the primitive's table (<see cref="PrimitiveTable"/>).</summary>
public sealed record MarchSpec(March March, string DisplayName, string Chips, Hardware Hardware)
{
    // Sources are the published peaks and board latencies named below. How many elements a cycle the cores handle channel by channel is not published: MobileNets on the boards ask for 16
    // positions of a channel block (in proportion to the array on the larger ones).
    private static readonly Dictionary<March, MarchSpec> Specs = new MarchSpec[]
    {
        // Two cores at 1 GHz share 5 TOPS (RDK X3), but board latencies of ResNet18 (8.87 ms) and RepVGG-A1 (11.58 ms) both show some 210 MAC per cycle: a sixth of that; 8 x 8 channels at 4
        // positions. The call: one frame takes 0.15 to 0.3 ms longer than a core's share of the best throughput.
        new(March.Bernoulli2, "BERNOULLI2", "X3, XJ3", new(256, 128, 1e9, 8, 1 << 20, 4.4e9, 200, 200)),

        // 2 cores share 128 TOPS (J5): 32 TMAC/s per core. DDR: the manual's static estimate of MobileNetV2 moves 359,319,552 bytes in 44.73 ms.
        new(March.Bayes, "BAYES", "J5, RDK Ultra", new(32768, 2048, 1e9, 16, 4 << 20, 8e9, 200, 300)),

        // 10 TOPS at 1 GHz (RDK X5). DDR: board latencies of RepVGG-A0, -A2 and -B1g2, ResNet18 and MobileNetV1 are those of their weights at 4.1 to 5.3 GB/s behind the call overhead.
        new(March.BayesE, "BAYES_E", "RDK X5", new(4096, 256, 1e9, 16, 2 << 20, 4.8e9, 200, 300)),

        // Published of Nash are the peaks alone: 80 TOPS (S100), 128 TOPS (S100P), 560 TOPS (J6P, taken as four equal cores), rounded down to whole positions of 16 x 16 channels. Assumed are
        // 1 GHz, on-chip memory and overheads as on BAYES, and twice its DDR rate (LPDDR5 instead of LPDDR4).
        new(March.NashE, "NASH_E", "J6E, RDK S100", new(156 * 256, 156 * 16, 1e9, 16, 4 << 20, 16e9, 200, 300)),
        new(March.NashM, "NASH_M", "J6M, RDK S100P", new(250 * 256, 250 * 16, 1e9, 16, 4 << 20, 16e9, 200, 300)),
        new(March.NashP, "NASH_P", "J6P, RDK S600", new(273 * 256, 273 * 16, 1e9, 16, 4 << 20, 16e9, 200, 300)),
    }.ToDictionary(static s => s.March);

    public static MarchSpec Get(March march) => Specs.TryGetValue(march, out var spec) ? spec : throw new ArgumentOutOfRangeException(nameof(march));
}
