using QatGen.Arithmetic;

namespace QatGen.Torch.Observers;

/// <summary>Has a scale that no data changes.</summary>
public sealed class FixedScaleObserver(double scale) : Observer
{
    internal override bool NeedsData => false;

    private protected override float Scale(float min, float max, QuantRange range) => (float)scale;
}
