namespace QatGen.Torch.Training;

/// <summary>Where training is after a step: steps count from 1 over all epochs, the loss is the mean of this epoch so far. After an epoch there are its measurements as well.</summary>
public sealed record TrainingProgress(int Epoch, int Epochs, long Step, long Steps, double Loss, double Rate, IReadOnlyDictionary<string, double>? Metrics);
