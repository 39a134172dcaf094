namespace QatGen.Judges.Onnx;

/// <summary>ONNX's numbers of element types.</summary>
internal enum OnnxType
{
    Float = 1,
    UInt8 = 2,
    Int8 = 3,
    Int16 = 5,
    Int32 = 6,
}

/// <summary>A tensor, widened to double.</summary>
internal sealed record OnnxTensor(int[] Shape, OnnxType Type, double[] Data)
{
    public static OnnxTensor Scalar(OnnxType type, double value) => new([], type, [value]);

    public static OnnxTensor Vector(OnnxType type, double[] values) => new([values.Length], type, values);

    public int[] Integers => [.. Data.Select(static v => (int)v)];
}

/// <summary>A call of an ONNX operator: its inputs in order, attributes, and the type of its one output.</summary>
internal sealed record OnnxNode(string Op, IReadOnlyList<OnnxTensor> Arguments, OnnxType Output, string Domain = "", params (string Name, object Value)[] Attributes)
{
    public string[] Inputs => [.. Arguments.Select(static (_, i) => $"x{i}")];

    public IEnumerable<(string Name, OnnxTensor Tensor)> Tensors => Arguments.Select(static (t, i) => ($"x{i}", t));
}
