namespace QatGen.Torch.Training;

/// <summary>How far training is: finished steps, the sum of losses of the epoch, and the best epoch so far.</summary>
internal sealed record TrainingPosition(long Step, double LossSum, int BestEpoch, double Best)
{
    public static TrainingPosition Start { get; } = new(0, 0, 0, double.NaN);
}
