namespace QatGen.Torch;

/// <summary>
/// One setting of one quantizer (<c>input</c>, <c>output</c> or <c>weight</c> of an operator or input) and what decided it. A setting that does not matter there (such as the observer of an int32 output) is not listed.
/// </summary>
public sealed record Decision(string Layer, string Operator, string Quantizer, string Setting, string Value, string Source);
