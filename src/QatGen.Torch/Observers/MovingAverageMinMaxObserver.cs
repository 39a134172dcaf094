namespace QatGen.Torch.Observers;

/// <summary>v += c * (batch - v) of each batch's smallest and largest value, in float32; the first batch is taken as it is.</summary>
public sealed class MovingAverageMinMaxObserver(double averagingConstant = 0.01, int? channelAxis = null) : Observer(channelAxis)
{
    protected override float[] Combine(float[] kept, float[] batch, bool isMin) => [.. kept.Select((k, i) => k + ((float)averagingConstant * (batch[i] - k)))];
}
