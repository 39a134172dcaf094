using QatGen.Arithmetic;
using QatGen.Torch.Observers;

namespace QatGen.Torch.Quantizers;

/// <summary>How one activation is quantized, everything decided.</summary>
internal sealed record ActivationQuantization(QuantRange Range, ObserverSettings Observer, FakeQuantKind Kind, double AveragingConstant, bool Saturate, bool UseGradScaling)
{
    /// <summary>What nobody decides.</summary>
    public static ActivationQuantization BuiltIn { get; } = new(DType.QInt8, new ObserverSettings.MovingAverage(), FakeQuantKind.Statistical, 0.01, Saturate: true, UseGradScaling: true);

    /// <summary>Positions are not quantized.</summary>
    public static ActivationQuantization Positions { get; } = BuiltIn.Fixed(1) with { Range = DType.QInt32 };

    /// <summary>No scale that data or training finds is smaller.</summary>
    public float SmallestScale { get; init; } = Quantization.SmallestScale;

    public bool IsFixed => Observer is ObserverSettings.FixedScale;

    /// <summary>The scale that no data changes.</summary>
    public ActivationQuantization Fixed(double scale) => this with { Observer = new ObserverSettings.FixedScale(scale), Kind = FakeQuantKind.Statistical };
}
