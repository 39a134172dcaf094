namespace QatGen.Primitives;

/// <summary>A movement that does not fit a shape; the message says why.</summary>
public sealed class MovementException(string message) : Exception(message);
