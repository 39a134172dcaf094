using QatGen.Primitives;

namespace QatGen;

/// <summary>An integer-only model: a program over primitives and its constants. Every generated <c>NetFixedPoint</c> and every loaded program is one.</summary>
public abstract class FixedPointModel(Signature signature, IReadOnlyList<Constant> constants)
{
    public Signature Signature { get; } = signature;

    /// <summary>The constants in the order in which <see cref="Forward"/> numbers them.</summary>
    public IReadOnlyList<Constant> Constants { get; } = constants;

    /// <summary>The integer program. <paramref name="constants"/> and <paramref name="inputs"/> are this model's, as values of the implementation.</summary>
    public abstract T[] Forward<T>(IPrimitives<T> primitives, T[] constants, T[] inputs);

    /// <summary>The program as a graph of primitives, checked.</summary>
    public IntGraph Record()
    {
        var recorder = new Recorder(Signature, Constants);
        var outputs = Forward(recorder, recorder.ConstantIds, recorder.InputIds);
        var graph = recorder.Finish(outputs);
        graph.Verify();
        return graph;
    }
}
