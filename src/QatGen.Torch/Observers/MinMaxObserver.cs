namespace QatGen.Torch.Observers;

/// <summary>Keeps the smallest and largest value ever seen.</summary>
public sealed class MinMaxObserver(int? channelAxis = null) : Observer(channelAxis: channelAxis)
{
    internal override bool NeedsData => false;

    private protected override float[] Combine(float[] kept, float[] batch, bool isMin) => [.. kept.Select((k, i) => isMin ? Math.Min(k, batch[i]) : Math.Max(k, batch[i]))];
}
