using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>An operator that deployment removes.</summary>
internal abstract class IdentityOperator(string name, params Form[] forms) : Operator(name)
{
    public override Seq<Form> Forms => new(forms);

    public override bool IsIdentity => true;

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants) => inputs[0];

    public override BatchFirst? WithBatchFirst(Node node, Seq<Placed> inputs) => BatchFirst.Elementwise(node, inputs);

    public override IEnumerable<Example> Examples() => [];
}
