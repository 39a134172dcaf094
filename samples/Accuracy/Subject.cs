using QatGen.Torch;
using QatGen.Torch.Training;
using static TorchSharp.torch;

namespace Accuracy;

/// <summary>A network and how it is trained: what <paramref name="Create"/> gives is trained in float, <paramref name="Deploy"/> makes of it what is quantized and takes it over.</summary>
public sealed record Subject(
    string Name, Func<nn.Module<Tensor, Tensor>> Create, Func<nn.Module<Tensor, Tensor>, nn.Module<Tensor, Tensor>> Deploy, Func<nn.Module<Tensor, Tensor>, QConfig, IQatModule> ToQat)
{
    public required TrainingRecipe Float { get; init; }

    /// <summary>For QAT, and for the float model that is fine-tuned beside it.</summary>
    public required TrainingRecipe FineTuning { get; init; }

    /// <summary>What becomes of batch norms in QAT.</summary>
    public BatchNormMode BatchNormMode { get; init; } = BatchNormMode.WithBNReverseFold;

    /// <summary>A float checkpoint to start from in place of training.</summary>
    public string? Checkpoint { get; init; }
}
