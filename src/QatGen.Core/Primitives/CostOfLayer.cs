namespace QatGen.Primitives;

/// <summary>
/// What one layer costs: multiply-accumulates, weights and biases by number and by bytes, and the bytes of its result. Null where a shape is not known.
/// </summary>
public sealed record CostOfLayer(string Layer, long? Macs = 0, long? Parameters = 0, long? ParameterBytes = 0, long? ActivationBytes = null);
