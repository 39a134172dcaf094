using static TorchSharp.torch;

namespace QatGen.Torch.Training;

/// <summary>What is measured on a test set: the mean over frames of what <paramref name="Sum"/> gives for the outputs and targets of a batch.</summary>
public sealed record Metric(string Name, bool IsHigherBetter, Func<Tensor, Tensor, double> Sum)
{
    /// <summary>The percentage of labels that are the class with the largest output [N, classes].</summary>
    public static Metric Top1 { get; } = TopK(1);

    /// <summary>The percentage of labels among the k classes with the largest outputs [N, classes].</summary>
    public static Metric TopK(int k) => k < 1 ? throw new ArgumentOutOfRangeException(nameof(k), k, "At least 1.") : new($"top{k}", true, (output, target) =>
    {
        using var scope = NewDisposeScope();
        var best = output.topk((int)Math.Min(k, output.shape[1]), 1).indexes;
        return 100.0 * best.eq(target.unsqueeze(1)).any(1).sum().item<long>();
    });

    /// <summary>A loss that is a mean over frames, as those of <c>torch.nn.functional</c> are.</summary>
    public static Metric Loss(Func<Tensor, Tensor, Tensor> loss) => new("loss", false, (output, target) =>
    {
        using var scope = NewDisposeScope();
        return loss(output, target).item<float>() * output.shape[0];
    });
}
