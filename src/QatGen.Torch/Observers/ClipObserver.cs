namespace QatGen.Torch.Observers;

/// <summary>The average of each batch's range, as far as it lies between two limits.</summary>
public sealed unsafe class ClipObserver(double low, double high, double averagingConstant = 0.01, int? channelAxis = null) : Observer(averagingConstant, channelAxis)
{
    internal override bool NeedsData => false;

    internal override (float Min, float Max) Represented(float* values, long count, float min, float max) => (Clipped(min), Clipped(max));

    private float Clipped(float limit) => Math.Clamp(limit, (float)low, (float)high);
}
