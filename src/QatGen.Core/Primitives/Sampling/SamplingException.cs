namespace QatGen.Primitives;

/// <summary>A map cannot be sampled so; the message says why.</summary>
public sealed class SamplingException(string message) : Exception(message);
