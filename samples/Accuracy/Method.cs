using QatGen.Torch;
using QatGen.Torch.Improvement;
using QatGen.Torch.Observers;
using static TorchSharp.torch;

namespace Accuracy;

/// <summary>A way to quantize: its settings, what comes before calibration, whether training follows it, and what is done at last with the batches of calibration.</summary>
public sealed record Method(string Name, int Bits, QConfig Config)
{
    public const string Float = "float";
    public const string FineTuned = "float, fine-tuned";
    public const string PostTraining = "post-training";
    public const string Mse = "post-training, mse";
    public const string Estimated = "post-training, mse, batch norms estimated";
    public const string Equalized = "post-training, equalized, bias corrected";
    public const string AdaRound = "post-training, AdaRound";
    public const string Qat = "QAT";
    public const string QatEstimated = "QAT, batch norms estimated";
    public const string QatMse = "QAT, mse";
    public const string QatEqualized = "QAT, equalized, mse";

    /// <summary>The width at which the way to find the scales of weights decides what training reaches.</summary>
    public const int FewestBits = 3;

    /// <summary>Bits of the weights; at 8 all methods lie within a point.</summary>
    public static IReadOnlyList<int> Widths { get; } = [8, 4, FewestBits];

    /// <summary>The width of float rows.</summary>
    public const int FloatBits = 32;

    private static readonly ObserverSettings LeastError = new ObserverSettings.Mse();

    public Action<IQatModule>? Prepare { get; init; }

    /// <summary>The training that follows calibration, by the name of the row that is just that; null: none.</summary>
    public string? Training { get; init; }

    public Action<IQatModule, IEnumerable<Tensor>>? Improve { get; init; }

    /// <summary>The ways at one width of weights, activations have 8 bits; <paramref name="mode"/> is that of QAT, and without live batch norms none can be estimated.</summary>
    public static IEnumerable<Method> Of(int bits, BatchNormMode mode)
    {
        WeightSettings weight = new() { Bits = bits }, weightMse = new() { Bits = bits, Observer = LeastError };
        yield return new(PostTraining, bits, new() { Weight = weight });
        yield return new(Mse, bits, new() { Activation = new() { Observer = LeastError }, Weight = weightMse });
        if (mode != BatchNormMode.FuseBN)
        {
            yield return new(Estimated, bits, new() { Weight = weightMse, BatchNormMode = mode }) { Improve = Estimate };
        }

        yield return new(Equalized, bits, new() { Weight = weight }) { Prepare = Equalize, Improve = static (qat, batches) => qat.CorrectBias(batches) };
        yield return new(AdaRound, bits, new() { Weight = weight }) { Improve = static (qat, batches) => qat.AdaRound(batches) };
        var qat = new Method(Qat, bits, new() { Weight = weight, BatchNormMode = mode }) { Training = Qat };
        yield return qat;
        if (mode == BatchNormMode.FuseBN)
        {
            yield return new(QatEqualized, bits, new() { Weight = weightMse }) { Training = QatEqualized, Prepare = Equalize };
            yield break;
        }

        yield return qat with { Name = QatEstimated, Improve = Estimate };
        if (bits == FewestBits)
        {
            yield return new(QatMse, bits, new() { Weight = weightMse, BatchNormMode = mode }) { Training = QatMse };
        }
    }

    private static void Equalize(IQatModule qat) => qat.Equalize();

    private static void Estimate(IQatModule qat, IEnumerable<Tensor> batches) => qat.EstimateBatchNorm(batches);
}
