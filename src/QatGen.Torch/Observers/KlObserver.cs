namespace QatGen.Torch.Observers;

/// <summary>Keeps a histogram and takes the range with the least Kullback-Leibler divergence between the values and their integers, found every <paramref name="updateInterval"/> batches.</summary>
public sealed class KlObserver(int bins = 512, int updateInterval = 1) : HistogramObserver(new ObserverSettings.Kl(), bins, updateInterval);
