namespace QatGen.Torch.Improvement;

/// <summary>How AdaRound optimizes the rounding of each layer (Nagel et al. 2020, "Up or Down? Adaptive Rounding for Post-Training Quantization", section 3.3).</summary>
public sealed record AdaRoundOptions
{
    /// <summary>Steps of Adam per layer.</summary>
    public int Iterations { get; init; } = 1000;

    /// <summary>Frames per step; fewer where a layer reads and gives so much of each that 2^23 values are in fewer frames.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>The rate of Adam.</summary>
    public double LearningRate { get; init; } = 0.01;

    /// <summary>What the regularizer, the mean of 1 - |2h - 1|^beta over the weights, counts beside the error, which is 1 where every weight is rounded to nearest.</summary>
    public double Regularization { get; init; } = 20;

    /// <summary>The part of the steps, 0 to 1, without regularizer.</summary>
    public double WarmUp { get; init; } = 0.2;

    /// <summary>beta behind the warm-up; it falls along a cosine to <see cref="LastBeta"/>.</summary>
    public double FirstBeta { get; init; } = 20;

    /// <summary>beta at the end.</summary>
    public double LastBeta { get; init; } = 2;

    /// <summary>What decides which frames a layer is optimized on, where not all fit, and which of them a step sees.</summary>
    public int Seed { get; init; }

    /// <summary>
    /// MiB, one half for the values that later layers read and one for what a layer reads and gives, beside the model, the batches and what a step itself takes. Batches whose values do not fit run anew from the input for
    /// each layer; a layer of which not all frames fit is optimized, and its errors are measured, on as many as do.
    /// </summary>
    public int Memory { get; init; } = 1024;

    /// <summary>Half of the memory in bytes.</summary>
    internal long HalfMemory => (long)Memory << 19;

    /// <summary>Throws with every option that is out of range.</summary>
    internal void Check(string model)
    {
        (string Name, double Value, bool Fits, string Needed)[] all =
        [
            ("iterations", Iterations, Iterations > 0, "at least 1"),
            ("batch size", BatchSize, BatchSize > 0, "at least 1"),
            ("memory", Memory, Memory > 0, "at least 1 MiB"),
            ("learning rate", LearningRate, LearningRate > 0 && double.IsFinite(LearningRate), "a positive number"),
            ("regularization", Regularization, Regularization >= 0 && double.IsFinite(Regularization), "0 or a positive number"),
            ("warm-up", WarmUp, WarmUp is >= 0 and < 1, "a number from 0 to less than 1"),
            ("first beta", FirstBeta, FirstBeta >= LastBeta && double.IsFinite(FirstBeta), "at least the last beta"),
            ("last beta", LastBeta, LastBeta > 0, "a positive number"),
        ];
        var violations = all.Where(static o => !o.Fits)
            .Select(o => Violation.Of(QuantizationRules.SettingOutOfRange, "", "rounding", model, o.Name, FormattableString.Invariant($"{o.Value}"), o.Needed)).ToArray();
        if (violations.Length > 0)
        {
            throw new QatGenException(violations);
        }
    }
}
