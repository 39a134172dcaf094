namespace QatGen.Torch.Training;

/// <summary>How a model is trained, as data: epochs, optimizer and learning rate, clipping, and when batch norms freeze.</summary>
public sealed record TrainingRecipe(int Epochs, OptimizerSettings Optimizer)
{
    /// <summary>How the rate changes.</summary>
    public RateSchedule Schedule { get; init; } = RateSchedule.Constant;

    /// <summary>The part of training, 0 to 1, in which the rate grows linearly to its full size.</summary>
    public double WarmUp { get; init; }

    /// <summary>The largest norm of all gradients together; 0 does not clip.</summary>
    public double ClipGradient { get; init; }

    /// <summary>The part of training after which the live batch norms of a QAT model keep their statistics; 1: never.</summary>
    public double FreezeBatchNormAfter { get; init; } = 1;

    /// <summary>SGD with Nesterov momentum 0.9 and weight decay 5e-4, and a rate that falls along a cosine.</summary>
    public static TrainingRecipe Float(int epochs, double rate = 0.1) => new(epochs, OptimizerSettings.SGD(rate, 5e-4) with { Nesterov = true }) { Schedule = RateSchedule.Cosine() };

    /// <summary>
    /// The recipe for QAT that starts from a well trained float model: a share of its epochs (a tenth to a fifth is usual), its optimizer at rate 0.001 with two decays, or, where quantization cost little, at
    /// 0.0001 with one; no warm-up.
    /// </summary>
    public TrainingRecipe ForQat(double share = 0.15, bool isGentle = false) => this with
    {
        Epochs = Math.Max(1, (int)Math.Round(Epochs * share)),
        Optimizer = Optimizer with { Rate = isGentle ? 1e-4 : 1e-3 },
        Schedule = RateSchedule.Steps(isGentle ? [0.5] : [1 / 3.0, 2 / 3.0]),
        WarmUp = 0,
    };

    /// <summary>Throws with every number that is out of range.</summary>
    internal void Check(string model)
    {
        static bool IsPart(double value) => value is >= 0 and <= 1;
        static bool IsAmount(double value) => value >= 0 && double.IsFinite(value);
        const string Part = "a number from 0 to 1";
        const string Amount = "0 or a positive number";
        const string Fading = "a number from 0 to less than 1";
        (string Name, double Value, bool Fits, string Needed)[] all =
        [
            ("epochs", Epochs, Epochs >= 0, "0 or more"),
            ("warm-up", WarmUp, IsPart(WarmUp), Part),
            ("gradient clipping", ClipGradient, IsAmount(ClipGradient), Amount),
            ("part before batch norms freeze", FreezeBatchNormAfter, IsPart(FreezeBatchNormAfter), Part),
            ("decay factor", Schedule.DecayFactor, IsAmount(Schedule.DecayFactor), Amount),
            ("floor of the cosine", Schedule.Floor, IsAmount(Schedule.Floor), Amount),
            ("rate", Optimizer.Rate, IsAmount(Optimizer.Rate), Amount),
            ("weight decay", Optimizer.WeightDecay, IsAmount(Optimizer.WeightDecay), Amount),
            ("momentum", Optimizer.Momentum, IsAmount(Optimizer.Momentum), Amount),
            ("Nesterov momentum", Optimizer.Momentum, !Optimizer.Nesterov || Optimizer.Momentum > 0, "a positive number"),
            ("beta 1", Optimizer.Beta1, Optimizer.Beta1 is >= 0 and < 1, Fading),
            ("beta 2", Optimizer.Beta2, Optimizer.Beta2 is >= 0 and < 1, Fading),
            ("epsilon", Optimizer.Epsilon, IsAmount(Optimizer.Epsilon), Amount),
        ];
        var violations = all.Where(static s => !s.Fits).Select(s => Violation.Of(QuantizationRules.SettingOutOfRange, "", "recipe", model, s.Name, FormattableString.Invariant($"{s.Value}"), s.Needed)).ToArray();
        if (violations.Length > 0)
        {
            throw new QatGenException(violations);
        }
    }

    /// <summary>The rate of a step of many.</summary>
    public double Rate(long step, long steps)
    {
        var warm = WarmUp * steps;
        return Optimizer.Rate * Schedule.Factor(step / (double)steps) * (step + 1 < warm ? (step + 1) / warm : 1);
    }
}
