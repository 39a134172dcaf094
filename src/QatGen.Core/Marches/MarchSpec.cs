namespace QatGen.Marches;

/// <summary>A march as data: its name as Horizon spells it, its limits and its speed.</summary>
public sealed record MarchSpec(March March, string DisplayName, MarchLimits Limits, Hardware Hardware)
{
    public static MarchSpec Get(March march) => march switch
    {
        March.Bernoulli2 => Bernoulli2,
        March.Bayes => Bayes,
        March.BayesE => BayesE,
        _ => throw new ArgumentOutOfRangeException(nameof(march)),
    };

    // Sources are the published peaks and board latencies named below. How many elements a cycle the cores handle channel by channel is not published: MobileNets on the boards ask for 16
    // positions of a channel block (128 on Bayes, in proportion to its array).

    // Two cores at 1 GHz share 5 TOPS (RDK X3), but board latencies of ResNet18 (8.87 ms) and RepVGG-A1 (11.58 ms) both show some 210 MAC per cycle: a sixth of that; 8 x 8 channels at 4 positions.
    // The call: one frame takes 0.15 to 0.3 ms longer than a core's share of the best throughput.
    private static MarchSpec Bernoulli2 { get; } = new(March.Bernoulli2, "BERNOULLI2", MarchLimits.Bernoulli2, new(256, 128, 1e9, 8, 1 << 20, 4.4e9, 200, 200));

    // 2 cores share 128 TOPS (J5): 32 TMAC/s per core. DDR: the manual's static estimate of MobileNetV2 moves 359,319,552 bytes in 44.73 ms.
    private static MarchSpec Bayes { get; } = new(March.Bayes, "BAYES", MarchLimits.Bayes, new(32768, 2048, 1e9, 16, 4 << 20, 8e9, 200, 300));

    // 10 TOPS at 1 GHz (RDK X5). DDR: board latencies of RepVGG-A0, -A2 and -B1g2, ResNet18 and MobileNetV1 are those of their weights at 4.1 to 5.3 GB/s behind the call overhead.
    private static MarchSpec BayesE { get; } = new(March.BayesE, "BAYES_E", MarchLimits.BayesE, new(4096, 256, 1e9, 16, 2 << 20, 4.8e9, 200, 300));
}
