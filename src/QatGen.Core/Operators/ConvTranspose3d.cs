using QatGen.Graphs;
using QatGen.Marches;

namespace QatGen.Operators;

/// <summary>3-D transposed convolution.</summary>
internal sealed class ConvTranspose3d() : TransposedConvOperator("ConvTranspose3d", axes: 3)
{
    public override Seq<MarchNote> MarchNotes => new(MarchNote.Refused(On.Bernoulli2));

    public override IEnumerable<Example> Examples()
    {
        yield return Example.Of("2x2x2 stride 2", Call(5, 7, 2, 2), [2, 5, 2, 3, 3]);
        yield return Example.Of("4x4x4 stride 2", Call(6, 4, 4, 2, 1), [1, 6, 3, 3, 2]);
        yield return Example.Of("stride 1", Call(3, 4, 3, 1, 1), [1, 3, 3, 4, 4]);
        yield return Example.Of("groups", Call(4, 6, 3, 2, 1, 1, groups: 2), [1, 4, 2, 3, 3]);
        yield return Example.Of("add relu", Call(4, 5, 2, 2) with { Absorbed = new(Add, Relu) }, [1, 4, 2, 2, 3], [1, 5, 4, 4, 6]);
        yield return Example.Of("high precision", Call(4, 5, 3, 2) with { Output = OutputKind.HighPrecision }, [1, 4, 2, 2, 3]);
    }
}
