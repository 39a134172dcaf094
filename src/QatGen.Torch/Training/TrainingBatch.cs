using static TorchSharp.torch;

namespace QatGen.Torch.Training;

/// <summary>Frames [N, ...] and what the model should make of them: labels [N], or whatever the loss compares with.</summary>
public sealed record TrainingBatch(Tensor Input, Tensor Target)
{
    /// <summary>The second and later inputs of a model that has several.</summary>
    public IReadOnlyList<Tensor> Others { get; init; } = [];
}
