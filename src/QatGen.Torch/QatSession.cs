using QatGen.Primitives;
using QatGen.Torch.Modules;
using TorchSharp;

namespace QatGen.Torch;

/// <summary>One stay in a state: a new one takes the weight scales of VALIDATION anew. Some nodes and inputs can be in <paramref name="others"/>.</summary>
internal sealed class QatSession(FakeQuantState state, IReadOnlyDictionary<torch.nn.Module, FakeQuantState>? others = null)
{
    private readonly IPrimitives<QatValue>?[] _primitives = new IPrimitives<QatValue>?[Enum.GetValues<FakeQuantState>().Length];

    public FakeQuantState State => state;

    /// <summary>Whether not all nodes and inputs are in one state.</summary>
    public bool IsMixed { get; } = others?.Values.Any(o => o != state) == true;

    /// <summary>What selectors gave a state of its own, which can be that of the rest.</summary>
    public IReadOnlyDictionary<torch.nn.Module, FakeQuantState> Others { get; } = others ?? new Dictionary<torch.nn.Module, FakeQuantState>();

    /// <summary>What the nodes compute with where all are in one state.</summary>
    public IPrimitives<QatValue> Primitives => PrimitivesIn(state);

    public FakeQuantState StateOf(torch.nn.Module nodeOrInput) => Others.GetValueOrDefault(nodeOrInput, state);

    public IPrimitives<QatValue> PrimitivesIn(FakeQuantState one) => _primitives[(int)one] ??= one switch
    {
        FakeQuantState.Float => new RealPrimitives(observe: false),
        FakeQuantState.Calibration => new RealPrimitives(observe: true),
        _ => new IntegerPrimitives(one),
    };
}
