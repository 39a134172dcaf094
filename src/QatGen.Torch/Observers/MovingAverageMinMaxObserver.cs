namespace QatGen.Torch.Observers;

/// <summary>The average of each batch's smallest and largest value, in float32.</summary>
public sealed class MovingAverageMinMaxObserver(double averagingConstant = 0.01, int? channelAxis = null) : Observer(averagingConstant, channelAxis)
{
    internal override bool NeedsData => false;
}
