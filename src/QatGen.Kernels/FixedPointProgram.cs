using QatGen.Files;
using QatGen.Primitives;

namespace QatGen.Kernels;

/// <summary>An integer program from a <c>.qgm</c> file. It needs neither the assembly of the model it was converted from nor TorchSharp.</summary>
public sealed class FixedPointProgram(IntGraph graph) : FixedPointModel(graph.Signature, graph.Constants)
{
    /// <summary>Reads a program; a file that is damaged, of another kind or newer than this library is a <see cref="QatGenException"/> that says so.</summary>
    public static FixedPointProgram Load(string path) => new(ProgramFormat.Load(path));

    public override T[] Forward<T>(IPrimitives<T> primitives, T[] constants, T[] inputs) => graph.Forward(primitives, constants, inputs);
}
