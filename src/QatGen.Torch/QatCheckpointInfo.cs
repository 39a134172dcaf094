namespace QatGen.Torch;

/// <summary>
/// What a QAT model's file says of itself: the format's version, the float model's class and march, the type of each activation by the name of its quantizer, and the settings it was trained with,
/// as texts by the names of <see cref="QConfig"/>'s properties. Files of the versions 1 and 2 know no model, march and settings.
/// </summary>
public sealed record QatCheckpointInfo(int Version, string Model, March? March, IReadOnlyDictionary<string, DType> Types, IReadOnlyDictionary<string, string> Settings);
