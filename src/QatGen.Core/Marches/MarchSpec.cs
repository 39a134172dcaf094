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

    // 2 cores share 5 TOPS at 1 GHz (RDK X3): 1250 MAC per cycle and core, the nearest power of two below.
    private static MarchSpec Bernoulli2 { get; } = new(March.Bernoulli2, "BERNOULLI2", MarchLimits.Bernoulli2, new(1024, 1e9, 8, 1 << 20, 4.4e9, 200, 500));

    // 2 cores share 128 TOPS (J5): 32 TMAC/s per core.
    private static MarchSpec Bayes { get; } = new(March.Bayes, "BAYES", MarchLimits.Bayes, new(32768, 1e9, 16, 4 << 20, 12e9, 200, 300));

    // 10 TOPS at 1 GHz (RDK X5).
    private static MarchSpec BayesE { get; } = new(March.BayesE, "BAYES_E", MarchLimits.BayesE, new(4096, 1e9, 16, 2 << 20, 4.4e9, 200, 300));
}
