namespace QatGen.Primitives;

/// <summary>How a grid samples a map: the nearest element or a blend of four, elements outside repeat the border or are 0, and whether -1 and 1 are the centres of the border elements or their edges.</summary>
public sealed record GridMode(bool IsNearest = false, bool RepeatsBorder = false, bool AlignCorners = false);
