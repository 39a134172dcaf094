using QatGen.Graphs;
using QatGen.Marches;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>An operator whose every call is made of calls of simpler ones, with qint16 between them. <paramref name="steps"/> are the largest errors of its examples, in steps of a qint8 and of a qint16 result.</summary>
internal abstract class CompositeOperator(string name, (double Int8, double Int16) steps) : Operator(name)
{
    public override bool OwnsScale => true;

    public override bool IsComposite(Node node) => true;

    public override (double Int8, double Int16) CompositeSteps => steps;

    public override Seq<MarchNote> MarchNotes => new(
        MarchNote.Refused(On.Bernoulli2), MarchNote.Risk(On.Later, "several tables and sums with qint16 between them"));

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants) =>
        throw new InvalidOperationException($"'{node.Path}' was not expanded.");
}
