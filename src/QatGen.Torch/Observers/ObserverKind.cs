namespace QatGen.Torch.Observers;

/// <summary>The statistics an observer keeps.</summary>
public enum ObserverKind
{
    /// <summary>The smallest and largest value ever seen.</summary>
    MinMax,

    /// <summary>A moving average of each batch's smallest and largest value.</summary>
    MovingAverageMinMax,
}
