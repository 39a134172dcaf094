using QatGen.Primitives;
using QatGen.Torch.Modules;

namespace QatGen.Torch;

/// <summary>One stay in a state: a new one takes the weight scales of VALIDATION anew.</summary>
internal sealed class QatSession(FakeQuantState state)
{
    public FakeQuantState State => state;

    /// <summary>What the nodes compute with.</summary>
    public IPrimitives<QatValue> Primitives { get; } = state switch
    {
        FakeQuantState.Float => new RealPrimitives(observe: false),
        FakeQuantState.Calibration => new RealPrimitives(observe: true),
        _ => new IntegerPrimitives(state),
    };
}
