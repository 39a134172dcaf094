using TorchSharp.Modules;
using static TorchSharp.torch;

namespace QatGen.Torch.Training;

/// <summary>An optimizer and its numbers, with PyTorch's defaults.</summary>
public sealed record OptimizerSettings(OptimizerKind Kind, double Rate)
{
    /// <summary>Of SGD.</summary>
    public double Momentum { get; init; }

    /// <summary>Of SGD.</summary>
    public bool Nesterov { get; init; }

    /// <summary>What of each parameter, learned scales and limits too, is taken from it per step, times the rate.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Of Adam and AdamW.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Of Adam and AdamW.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Of Adam and AdamW.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>SGD with momentum 0.9.</summary>
    public static OptimizerSettings SGD(double rate, double weightDecay = 0) => new(OptimizerKind.SGD, rate) { Momentum = 0.9, WeightDecay = weightDecay };

    internal OptimizerHelper Create(IEnumerable<Parameter> parameters) => Kind switch
    {
        OptimizerKind.Adam => optim.Adam(parameters, Rate, Beta1, Beta2, Epsilon, WeightDecay),
        OptimizerKind.AdamW => optim.AdamW(parameters, Rate, Beta1, Beta2, Epsilon, WeightDecay),
        _ => optim.SGD(parameters, Rate, Momentum, weight_decay: WeightDecay, nesterov: Nesterov),
    };
}
