using QatGen.Torch.Observers;

namespace QatGen.Torch;

/// <summary>The ready-made configurations under the names that the manual gives them. Those of outputs say the same as the others here: an output stays qint32 where it can.</summary>
public static class QConfigs
{
    private static readonly ObserverSettings MinMax = new ObserverSettings.MovingAverage();
    private static readonly ObserverSettings Percentile = new ObserverSettings.Percentile();

    private static readonly Dictionary<string, QConfig> Rows = new()
    {
        ["default_qat_8bit_fake_quant_qconfig"] = Of(DType.QInt8, MinMax),
        ["default_qat_8bit_weight_32bit_out_fake_quant_qconfig"] = Of(DType.QInt8, MinMax),
        ["default_qat_out_8bit_fake_quant_qconfig"] = Of(DType.QInt8, MinMax),
        ["default_calib_8bit_fake_quant_qconfig"] = Of(DType.QInt8, Percentile),
        ["default_calib_8bit_weight_32bit_out_fake_quant_qconfig"] = Of(DType.QInt8, Percentile),
        ["default_calib_out_8bit_fake_quant_qconfig"] = Of(DType.QInt8, Percentile),
        ["default_qat_8bit_weight_16bit_act_fake_quant_qconfig"] = Of(DType.QInt16, MinMax),
        ["default_calib_8bit_weight_16bit_act_fake_quant_qconfig"] = Of(DType.QInt16, Percentile),
        ["default_qat_8bit_fixed_act_fake_quant_qconfig"] = Of(DType.QInt8, MinMax, averagingConstant: 0),
        ["default_qat_8bit_weight_16bit_fixed_act_fake_quant_qconfig"] = Of(DType.QInt16, MinMax, averagingConstant: 0),
        ["default_qat_8bit_lsq_quant_qconfig"] = new()
        {
            Activation = new() { Kind = FakeQuantKind.Lsq, DType = DType.QInt8, Observer = MinMax, AveragingConstant = 1, UseGradScaling = true },
            Weight = new() { Kind = FakeQuantKind.Lsq, Observer = new ObserverSettings.MinMax(), AveragingConstant = 1, UseGradScaling = true },
        },
    };

    /// <summary>The names.</summary>
    public static IReadOnlyCollection<string> Names => Rows.Keys;

    /// <summary>The configuration of a name; an unknown one is an error that lists them.</summary>
    public static QConfig Get(string name) => Rows.TryGetValue(name, out var config) ? config : throw new ArgumentException($"'{name}' is none of {string.Join(", ", Names)}.", nameof(name));

    /// <summary>Learned or observed scales of some activation and weight bits (get_default_qconfig, get_default_qat_qconfig).</summary>
    public static QConfig Default(
        int bits = 8, int weightBits = 8, FakeQuantKind activation = FakeQuantKind.Statistical, FakeQuantKind weight = FakeQuantKind.Statistical,
        ObserverSettings? activationObserver = null, ObserverSettings? weightObserver = null) => new()
        {
            Activation = new() { Kind = activation, Bits = bits, Observer = activationObserver ?? MinMax },
            Weight = new() { Kind = weight, Bits = weightBits, Observer = weightObserver ?? new ObserverSettings.MinMax() },
        };

    private static QConfig Of(DType type, ObserverSettings observer, double averagingConstant = 0.01) => new()
    {
        Activation = new() { DType = type, Observer = observer, AveragingConstant = averagingConstant, Kind = FakeQuantKind.Statistical },
        Weight = new() { Kind = FakeQuantKind.Statistical, Observer = new ObserverSettings.MinMax(), AveragingConstant = 1 },
    };
}
