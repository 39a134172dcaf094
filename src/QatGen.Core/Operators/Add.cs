using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>The sum of two tensors of one shape, each with its own multiplier; takes an activation as epilogue.</summary>
internal sealed class Add() : Operator("Add")
{
    public override Seq<Form> Forms => new(new(FormKind.Symbol, "op_Addition"), new(FormKind.Torch, "add"), new(FormKind.Method, "add"));

    public override Fusion Fusion => Fusion.Add;

    public override bool OwnsScale => true;

    public override IEnumerable<Violation> Check(Node node)
    {
        if (node.Inputs.Count != 2 || node.Attributes.Any(static a => a.Key is not "alpha" || a.Value is not Value.Integer { Number: 1 }))
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "operand", node.Attributes.ToString(), "two tensors without a factor");
        }
    }

    public override Seq<ConstantRole> Constants(Node node) => new(ConstantRole.Rescale(node));

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants) => p.Rescale(inputs, constants[0]);

    public override string FloatCall(Node node, string module, string[] inputs) => node.Form.Kind == FormKind.Symbol ? $"{inputs[0]} + {inputs[1]}" : base.FloatCall(node, module, inputs);

    public override IEnumerable<Example> Examples()
    {
        var add = new Node("Add", "add", new(FormKind.Symbol, "op_Addition"), new(0, 1), new());
        var relu = new Node("ReLU", "relu", new(FormKind.Module, "ReLU"), new(0), new());
        yield return Example.Of("maps", add, [2, 5, 3, 7], [2, 5, 3, 7]);
        yield return Example.Of("relu", add with { Absorbed = new(relu) }, [1, 16, 8, 8], [1, 16, 8, 8]);
        yield return Example.Of("vectors", add, [3, 17], [3, 17]);
    }
}
