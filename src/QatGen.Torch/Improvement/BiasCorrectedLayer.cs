namespace QatGen.Torch.Improvement;

/// <summary>
/// What bias correction did to one layer: the mean over its channels, and the largest, of the magnitude by which the mean of a channel's output differed from the float model's, before the activation; and the
/// root mean square of that output, to compare with.
/// </summary>
public sealed record BiasCorrectedLayer(string Layer, string Operator, int Channels, double MeanShift, double LargestShift, double Output);
