namespace QatGen.Torch.Improvement;

/// <summary>
/// Two layers between which channels were scaled: the largest magnitude of the weights that make each channel and of those that read it, largest over smallest channel, before and after. Channels that are
/// always 0 or that nothing reads are not counted. <paramref name="LargestFactor"/> is what the channel that was changed most was multiplied or divided by.
/// </summary>
public sealed record EqualizedPair(string First, string Second, int Channels, double FirstBefore, double FirstAfter, double SecondBefore, double SecondAfter, double LargestFactor);
