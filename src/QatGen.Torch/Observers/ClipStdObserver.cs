using QatGen.Torch.Functions;

namespace QatGen.Torch.Observers;

/// <summary>Each batch's range, as far as it lies within some standard deviations of its mean.</summary>
public sealed unsafe class ClipStdObserver(double deviations = 3, double averagingConstant = 0.01, int? channelAxis = null) : Observer(averagingConstant, channelAxis)
{
    internal override (float Min, float Max) Represented(float* values, long count, float min, float max)
    {
        var (mean, deviation) = ValueLoop.Moments(values, count);
        return (Math.Max(min, (float)(mean - (deviations * deviation))), Math.Min(max, (float)(mean + (deviations * deviation))));
    }
}
