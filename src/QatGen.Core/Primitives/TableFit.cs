namespace QatGen.Primitives;

/// <summary>A table with the way it was split and its error against the function over every input that is needed: largest and mean distance from the clamped real value, in steps of the output.</summary>
public sealed record TableFit(TableConstant Constant, TableSplit Split, double LargestError, double MeanError);
