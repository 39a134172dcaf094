namespace QatGen;

/// <summary>
/// Whether outputs of a model stay qint32 accumulators: all of a class with [QatModel], or the one that the module in a field computes, against the class. Without it every output does that can: a convolution, fully
/// connected layer or matrix product that nothing else reads.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Field, Inherited = false)]
public sealed class HighPrecisionOutputAttribute(bool isOn = true) : Attribute
{
    public bool IsOn { get; } = isOn;
}
