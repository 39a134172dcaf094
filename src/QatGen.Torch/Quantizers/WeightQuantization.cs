using QatGen.Arithmetic;
using QatGen.Torch.Observers;

namespace QatGen.Torch.Quantizers;

/// <summary>How the weights of one operator are quantized, everything decided.</summary>
internal sealed record WeightQuantization(QuantRange Range, ObserverSettings Observer, FakeQuantKind Kind, double AveragingConstant, bool Saturate, bool UseGradScaling)
{
    public static WeightQuantization BuiltIn { get; } = new(DType.QInt8, new ObserverSettings.MinMax(), FakeQuantKind.Statistical, 1, Saturate: true, UseGradScaling: true);

    public bool IsLearned => Kind != FakeQuantKind.Statistical;

    public bool IsFixed => Observer is ObserverSettings.FixedScale;

    /// <summary>Whether the largest weight always fits, so that no gradient is stopped (NUMERICS section 8).</summary>
    public bool Follows => !IsLearned && AveragingConstant == 1 && Observer is ObserverSettings.MinMax or ObserverSettings.MovingAverage;

    /// <summary>Whether weights times a factor have the scale times that factor.</summary>
    public bool IsProportional => !IsLearned && !IsFixed && AveragingConstant == 1 && Observer is not ObserverSettings.Clip;
}
