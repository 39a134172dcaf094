using static TorchSharp.torch;

namespace QatGen.Torch.Training;

/// <summary>
/// Frames by number, read in batches. <paramref name="Read"/> makes a batch of the numbers it is given; the random numbers are for augmentation, and null where data is to be as it is. What is left of an epoch
/// after the last whole batch is not trained with.
/// </summary>
public sealed record TrainingSet(int Count, int BatchSize, Func<int[], Random?, TrainingBatch> Read)
{
    /// <summary>Batches of an epoch of training.</summary>
    public int Batches => Count == 0 || BatchSize < 1 ? throw QatGenException.Of(TrainingRules.NoData, "", "Training") : Math.Max(1, Count / BatchSize);

    /// <summary>Frames and targets that lie in memory, both [Count, ...].</summary>
    public static TrainingSet Of(Tensor inputs, Tensor targets, int batchSize) => inputs.shape[0] != targets.shape[0]
        ? throw QatGenException.Of(TrainingRules.Targets, "", $"{inputs.shape[0]}", $"{targets.shape[0]}")
        : new((int)inputs.shape[0], batchSize, (numbers, _) =>
        {
            var index = tensor(numbers.Select(static n => (long)n).ToArray());
            return new(inputs.index_select(0, index), targets.index_select(0, index));
        });

    /// <summary>The order of an epoch: the same for the same seed and epoch.</summary>
    internal int[] Order(Random random)
    {
        int[] order = [.. Enumerable.Range(0, Count)];
        random.Shuffle(order);
        return order;
    }
}
