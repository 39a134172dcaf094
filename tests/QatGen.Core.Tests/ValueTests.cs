using QatGen.Graphs;

namespace QatGen.Core.Tests;

public class ValueTests
{
    public static TheoryData<Value, string> Printed => new()
    {
        { new Value.Operand(1), "b" },
        { new Value.InputSize(2), "a.shape[2]" },
        { new Value.InputSize(2, 1), "b.shape[2]" },
        { new Value.Computed("(%0.shape[2] / (%1.shape[3] % 2))"), "(a.shape[2] / (b.shape[3] % 2))" },
        { new Value.Computed("f(\"%0 \\\" %1\", %1)"), "f(\"%0 \\\" %1\", b)" },
        { new Value.Null(), "null" },
        { new Value.Text("a\"\\\n"), "\"a\\\"\\\\\\u000a\"" },
        { new Value.Real(0.1), "0.1d" },
        { double.NegativeInfinity, "double.NegativeInfinity" },
        { double.NaN, "double.NaN" },
        { new Value.Typed("long", -1), "(long)(-1)" },
        { new Value.Tuple(new(new Value.Operand(0), 2)), "(a, 2)" },
        { new Value.Collection("float[]", new(1.5, new Value.Null())), "new float[] { 1.5d, null }" },
        { new Value.Range(1, new Value.FromEnd(0)), "(1..^0)" },
        { new Value.Call("TorchSharp.torch.TensorIndex.Slice", new() { ["stop"] = new Value.InputSize(3), ["start"] = 0 }), "global::TorchSharp.torch.TensorIndex.Slice(start: 0, stop: a.shape[3])" },
        { new Value.Module("", "global::Net"), "((global::Net)model)" },
        { new Value.Module("a.0", "global::Net"), "((global::Net)modules[\"a.0\"])" },
    };

    [Theory]
    [MemberData(nameof(Printed))]
    public void ToCode_OfValue_IsCSharp(Value value, string code) => Assert.Equal(code, value.ToCode(static i => i == 0 ? "a" : "b"));
}
