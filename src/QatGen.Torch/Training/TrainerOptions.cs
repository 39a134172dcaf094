using static TorchSharp.torch;

namespace QatGen.Torch.Training;

/// <summary>What a <see cref="Trainer"/> does beside the recipe.</summary>
public sealed record TrainerOptions
{
    /// <summary>Decides order, augmentation and dropout: the same seed gives the same bits.</summary>
    public int Seed { get; init; }

    /// <summary>The loss of outputs and targets: a scalar.</summary>
    public Func<Tensor, Tensor, Tensor> Loss { get; init; } = static (output, target) => nn.functional.cross_entropy(output, target);

    /// <summary>What is measured after each epoch, beside the loss; the first one decides which state is the best.</summary>
    public IReadOnlyList<Metric> Metrics { get; init; } = [Metric.Top1];

    /// <summary>The file that keeps the state with the best measurement: a <c>.qat</c> checkpoint of a QAT model, safetensors of a float model.</summary>
    public string? BestPath { get; init; }

    /// <summary>The file from which training goes on after it was broken off: it is written after each epoch and <see cref="CheckpointSteps"/>, and read where it is there.</summary>
    public string? ResumePath { get; init; }

    /// <summary>Steps between two writings of <see cref="ResumePath"/> within an epoch; 0: only after epochs.</summary>
    public int CheckpointSteps { get; init; }

    /// <summary>Is told of each step.</summary>
    public Action<TrainingProgress>? Progress { get; init; }
}
