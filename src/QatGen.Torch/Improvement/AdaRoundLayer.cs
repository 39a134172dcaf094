namespace QatGen.Torch.Improvement;

/// <summary>
/// What AdaRound did to one layer: the mean squared error of its output against the float model's, on the calibration data (or what <see cref="AdaRoundOptions.Memory"/> holds of it), with every weight rounded to nearest and as it was chosen, and how many of the weights
/// are rounded otherwise now. Where no better rounding was found, or <paramref name="Remark"/> says why there can be none, the weights are as they were.
/// </summary>
public sealed record AdaRoundLayer(string Layer, string Operator, int Bits, long Weights, long Changed, double NearestError, double Error, string Remark);
