namespace QatGen.Torch;

/// <summary>
/// What a QAT model's file says of itself: the format's version, the float model's class and march, the type of each activation and the bits of activations and weights by the names of their quantizers, and the settings it was trained with,
/// as texts by the names of <see cref="QConfig"/>'s properties. Files of the versions 1 and 2 know no model, march, bits and settings: all had the bits of their types.
/// </summary>
public sealed record QatCheckpointInfo(int Version, string Model, March? March, IReadOnlyDictionary<string, DType> Types, IReadOnlyDictionary<string, int> Bits, IReadOnlyDictionary<string, string> Settings);
