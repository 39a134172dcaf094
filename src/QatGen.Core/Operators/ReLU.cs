using QatGen.Arithmetic;

namespace QatGen.Operators;

/// <summary>max(x, 0): an epilogue where it follows a convolution or add, else a clamp that keeps the scale.</summary>
internal sealed class ReLU() : ActivationOperator("ReLU", "relu", ClampRange.Relu);

/// <summary>min(max(x, 0), 6), as ReLU.</summary>
internal sealed class ReLU6() : ActivationOperator("ReLU6", "relu6", ClampRange.Relu6);
