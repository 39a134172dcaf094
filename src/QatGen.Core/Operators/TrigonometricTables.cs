using QatGen.Arithmetic;

namespace QatGen.Operators;

/// <summary>Inside [-1, 1]; outside the value at the edge.</summary>
internal sealed class Acos() : PlainTable("Acos", Of("acos", "arccos"), Math.Acos, 6, low: -1, high: 1);

/// <summary>From 1 on; 0 below.</summary>
internal sealed class Acosh() : PlainTable("Acosh", Of("acosh", "arccosh"), static x => SpecialFunctions.Acosh(x), low: 1);

/// <summary>Inside [-1, 1]; outside the value at the edge.</summary>
internal sealed class Asin() : PlainTable("Asin", Of("asin", "arcsin"), Math.Asin, 10, low: -1, high: 1);

internal sealed class Asinh() : PlainTable("Asinh", Of("asinh", "arcsinh"), static x => SpecialFunctions.Asinh(x));

internal sealed class Atan() : PlainTable("Atan", Of("atan", "arctan"), Math.Atan);

/// <summary>Inside (-1, 1); saturated at and beyond both edges.</summary>
internal sealed class Atanh() : PlainTable("Atanh", Of("atanh", "arctanh"), static x => SpecialFunctions.Atanh(x), 30, low: -1, high: 1);

internal sealed class Cos() : PlainTable("Cos", Of("cos"), Math.Cos);

internal sealed class Cosh() : PlainTable("Cosh", Of("cosh"), Math.Cosh);

internal sealed class Sin() : PlainTable("Sin", Of("sin"), Math.Sin);

internal sealed class Sinh() : PlainTable("Sinh", Of("sinh"), Math.Sinh);

/// <summary>Saturated around the poles; with a pole on both sides of 0 the segments do not suffice, and single inputs have the other side's value.</summary>
internal sealed class Tan() : PlainTable("Tan", Of("tan"), Math.Tan, 1 << 15);
