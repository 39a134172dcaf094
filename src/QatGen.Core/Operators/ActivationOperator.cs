using QatGen.Arithmetic;
using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>An activation that only limits its input.</summary>
internal abstract class ActivationOperator(string name, string function, ClampRange range) : Operator(name)
{
    public override Seq<Form> Forms => new(new(FormKind.Module, Name), new(FormKind.Functional, function), new(FormKind.Method, function));

    public override Fusion Fusion => Fusion.Activation;

    public override ClampRange? Activation => range;

    public override Seq<ConstantRole> Constants(Node node) => new(ConstantRole.Clamp(range));

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants) => p.Clamp(inputs[0], constants[0]);

    public override BatchFirst? WithBatchFirst(Node node, Seq<Placed> inputs) => BatchFirst.Elementwise(node, inputs);

    public override IEnumerable<Example> Examples()
    {
        yield return Example.Of("map", new(Name, "relu", new(FormKind.Module, Name), new(0), new()), [2, 5, 3, 7]);
    }
}
