using QatGen.Graphs;

namespace QatGen.Operators;

/// <summary>The sum of two tensors, each with its own multiplier, or of a tensor and a number; takes an activation as epilogue.</summary>
internal sealed class Add() : SumOperator("Add", 1)
{
    public override Seq<Form> Forms => new(new(FormKind.Symbol, "op_Addition"), new(FormKind.Torch, "add"), new(FormKind.Method, "add"));

    public override Fusion Fusion => Fusion.Add;

    public override bool JoinsAccumulator(Node node) => node.Inputs.Count == 2 && node.Real("alpha", 1) == 1;

    protected override string Symbol(Node node) => "+";
}

/// <summary>The difference of two tensors, or of a tensor and a number on either side.</summary>
internal sealed class Sub() : SumOperator("Sub", -1)
{
    public override Seq<Form> Forms => new(
        new(FormKind.Symbol, "op_Subtraction"), new(FormKind.Torch, "sub"), new(FormKind.Method, "sub"), new(FormKind.Torch, "subtract"), new(FormKind.Method, "subtract"));

    protected override string Symbol(Node node) => "-";
}
