namespace QatGen.Graphs;

/// <summary>
/// What a [Quantize] says of the modules at a path and below it (empty: of the whole model); <paramref name="Target"/> is the class, field or assembly that carries it. Null and 0 say nothing.
/// </summary>
public sealed record QuantizeSetting(
    string Path, string Target, DType? Type = null, int Bits = 0, int WeightBits = 0, double Scale = 0, FakeQuantKind? Kind = null, ObserverKind? Observer = null);
