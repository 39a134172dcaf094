namespace QatGen.Torch.Training;

/// <summary>What came of training: the measurements after the last epoch, and the epoch (from 1; 0 without a test set, or where it was NaN each time) with the best first metric and that metric.</summary>
public sealed record TrainingResult(IReadOnlyDictionary<string, double> Metrics, int BestEpoch, double Best);
