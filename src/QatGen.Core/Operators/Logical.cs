using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>What is computed of masks: 0 and 1, bool in the source.</summary>
internal abstract class LogicalOperator(string name, string function, string symbol, int operands) : Operator(name)
{
    public override Seq<Form> Forms => new(new(FormKind.Torch, function), new(FormKind.Method, function), new(FormKind.Symbol, symbol));

    public override bool GivesBool => true;

    public override Seq<int> MaskOperands(Node node) => Enumerable.Range(0, operands).ToSeq();

    public override IEnumerable<Violation> Check(Node node)
    {
        if (node.Inputs.Count != operands)
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "operands", node.Attributes.ToString(), "masks");
        }
    }

    public override BatchFirst? WithBatchFirst(Node node, Seq<Placed> inputs) => BatchFirst.Elementwise(node, inputs);

    public override string FloatCall(Node node, string module, string[] inputs) =>
        node.Form.Kind != FormKind.Symbol ? base.FloatCall(node, module, inputs) : operands == 1 ? $"~{inputs[0]}" : $"{inputs[0]} {(this is LogicalAnd ? "&" : "|")} {inputs[1]}";

    protected Node Call() => new(Name, "mask", Forms[0], Enumerable.Range(0, operands).ToSeq(), new());
}

/// <summary>1 where a mask is 0.</summary>
internal sealed class LogicalNot() : LogicalOperator("LogicalNot", "logical_not", "op_OnesComplement", 1)
{
    public override Seq<ConstantRole> Constants(Node node) => new(ConstantRole.Sign(0), ConstantRole.Compare());

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants) => p.Elementwise(ElementwiseKind.Equal, [inputs[0], p.Constant(constants[0])], constants[1]);

    public override IEnumerable<Example> Examples()
    {
        yield return Example.Of("mask", Call(), [2, 5, 3, 7]);
    }
}

/// <summary>Two masks as one, at the scale of the first.</summary>
internal abstract class MaskPairOperator(string name, string function, string symbol, ElementwiseKind kind) : LogicalOperator(name, function, symbol, 2)
{
    public override Seq<ConstantRole> Constants(Node node) => new(ConstantRole.Rescale(node) with { ScaleOf = 0 });

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants) => p.Elementwise(kind, inputs, constants[0]);

    public override IEnumerable<Example> Examples()
    {
        yield return Example.Of("masks", Call(), [2, 5, 3, 7], [2, 5, 3, 7]);
        yield return Example.Of("one repeats", Call(), [2, 1, 9], [2, 7, 9]);
    }
}

/// <summary>1 where both masks are.</summary>
internal sealed class LogicalAnd() : MaskPairOperator("LogicalAnd", "logical_and", "op_BitwiseAnd", ElementwiseKind.Minimum);

/// <summary>1 where one of two masks is.</summary>
internal sealed class LogicalOr() : MaskPairOperator("LogicalOr", "logical_or", "op_BitwiseOr", ElementwiseKind.Maximum);
