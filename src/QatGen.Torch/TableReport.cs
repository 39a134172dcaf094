using QatGen.Primitives;

namespace QatGen.Torch;

/// <summary>
/// How well a layer's table follows its function: largest and mean distance from the clamped real result, in steps of the output (half a step is rounding alone), over every integer of an int8 input, and of an int16
/// input those whose results lie in the observed range and a quarter of its width around it.
/// <paramref name="Outside"/> counts the values, in all batches observed so far, where the function is not defined or infinite; they are not part of the output's range.
/// </summary>
public sealed record TableReport(string Layer, string Function, DType Input, DType Output, TableSplit Split, double LargestError, double MeanError, long Outside)
{
    public override string ToString() =>
        FormattableString.Invariant($"{Layer}: {Function} {Input.Name()} -> {Output.Name()}{(Input == DType.QInt16 ? $", {Split}" : "")}, error {LargestError:0.###} steps at most, {MeanError:0.###} in the mean")
        + (Outside == 0 ? "" : FormattableString.Invariant($", {Outside} observed values outside the domain"));
}
