using QatGen.Torch;
using QatGen.Torch.Observers;

namespace Accuracy;

/// <summary>A way to quantize: its settings, and whether training follows calibration.</summary>
public sealed record Method(string Name, int Bits, QConfig Config, bool IsTrained = false)
{
    public const string Float = "float";
    public const string FineTuned = "float, fine-tuned";
    public const string PostTraining = "post-training";
    public const string BetterObservers = "post-training, mse";
    public const string Qat = "QAT";

    /// <summary>The three ways at one width of weights; activations have 8 bits.</summary>
    public static IEnumerable<Method> Of(int bits, BatchNormMode mode) =>
    [
        new(PostTraining, bits, new() { Weight = new() { Bits = bits } }),
        new(BetterObservers, bits, new() { Activation = new() { Observer = new ObserverSettings.Mse() }, Weight = new() { Bits = bits, Observer = new ObserverSettings.Mse() } }),
        new(Qat, bits, new() { Weight = new() { Bits = bits }, BatchNormMode = mode }, IsTrained: true),
    ];
}
