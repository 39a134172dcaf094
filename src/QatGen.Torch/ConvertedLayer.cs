namespace QatGen.Torch;

/// <summary>
/// What conversion makes of the weights and biases of a layer: the bits that the worst channel's weights have (fewer than configured where sums had to be kept within int32), how many weights and biases lie beyond
/// the integers they could be and so become the last of these, how many output channels have no weight but 0, and the largest magnitude that the int32 sums can reach whatever the input (NUMERICS section 4).
/// </summary>
public sealed record ConvertedLayer(string Layer, string Operator, int Bits, long Weights, long SaturatedWeights, int Channels, int SaturatedBiases, int EmptyChannels, long LargestSum)
{
    /// <summary>Whether something of the float layer is lost beyond rounding.</summary>
    public bool IsSaturated => SaturatedWeights + SaturatedBiases > 0;
}
