namespace QatGen.Torch;

/// <summary>
/// What conversion makes of a layer: the bits that the worst channel's weights have (fewer than configured where sums had to be kept within int32), how many weights lie more than rounding beyond the integers they
/// could be and so become the last of these, how many output channels have no weight but 0, as where a huge bias or a fixed scale leaves them no steps, and the largest magnitude that the int32 sums, with the bias,
/// can reach whatever the input (NUMERICS section 4). Biases always fit (section 2).
/// </summary>
public sealed record ConvertedLayer(string Layer, string Operator, int Bits, long Weights, long Saturated, int Channels, int EmptyChannels, long LargestSum);
