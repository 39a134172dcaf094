using QatGen.Arithmetic;
using QatGen.Kernels.Planning;
using QatGen.Kernels.Reference;
using QatGen.Kernels.Simd;
using QatGen.Kernels.Steps;
using QatGen.Primitives;

namespace QatGen.Kernels.Tests;

/// <summary>The generator reaches what the comparison of kernels is meant to cover.</summary>
public sealed class RandomProgramTests
{
    private const int Programs = 500;
    private static readonly IntGraph[] Graphs = [.. Enumerable.Range(0, Programs).Select(static seed => RandomProgram.Create(seed).Record())];

    [Fact]
    public void Create_ManySeeds_ReachEveryPrimitiveGeometryAndLane()
    {
        var nodes = Graphs.SelectMany(static g => g.Nodes.Select(n => (Graph: g, Node: n))).ToArray();
        var convolutions = nodes.Select(static n => n.Node).OfType<IntNode.Conv>().Select(static c => c.Geometry).ToArray();
        var pools = nodes.Select(static n => n.Node is IntNode.MaxPool m ? m.Geometry : n.Node is IntNode.SumPool s ? s.Geometry : null).OfType<PoolGeometry>().ToArray();
        var rescales = Graphs.SelectMany(static g => g.Constants).OfType<RescaleConstant>().ToArray();
        Often(nodes.Count(static n => n.Node is IntNode.Clamp), nodes.Count(static n => n.Node is IntNode.Concat { Axis: 1 }), nodes.Count(static n => n.Node is IntNode.Concat { Axis: > 1 }));
        Often(nodes.Count(static n => n.Node is IntNode.MaxPool), nodes.Count(static n => n.Node is IntNode.SumPool), nodes.Count(static n => n.Node is IntNode.Reshape));
        Often(convolutions.Count(static g => g.Groups > 1), convolutions.Count(static g => g.DilationW > 1));
        Often(convolutions.Count(static g => g.StrideH > 1), convolutions.Count(static g => g.PadLeft != g.PadRight));
        Often(pools.Count(static g => g.CeilMode), pools.Count(static g => g.IsGlobal), pools.Count(static g => g.PadH > 0), pools.Count(static g => g.DilationH > 1));
        Often(pools.Count(static g => g.IsAdaptive), convolutions.Count(static g => g.Rank == 3), convolutions.Count(static g => g.Rank > 4));
        Often(Enum.GetValues<LaneKind>().Where(static k => k != LaneKind.Element).Select(kind => rescales.Count(r => r.Lanes == kind)).ToArray());
        Often(Enum.GetValues<DType>().Select(type => rescales.Count(r => r.DType == type)).ToArray());

        static void Often(params int[] counts) => Assert.All(counts, static count => Assert.InRange(count, 10, int.MaxValue));
    }

    [Fact]
    public void Plan_ManySeeds_ReachesEveryStepAndFusion()
    {
        var steps = Graphs.SelectMany(static g => new Planner(new(g, MicroKernels.Best), 2).Plan().Steps).ToArray();
        Type[] kinds = [typeof(ConvStep), typeof(DepthwiseStep), typeof(RescaleStep), typeof(PoolStep), typeof(ConcatStep), typeof(ReshapeStep), typeof(ResizeStep), typeof(PlaneStep), typeof(MoveStep), typeof(ElementwiseStep), typeof(ReduceStep), typeof(MatMulStep), typeof(GridStep), typeof(TopKStep), typeof(GatherStep), typeof(RoundStep)];
        Assert.All(kinds, kind => Assert.InRange(steps.Count(s => s.GetType() == kind), 10, int.MaxValue));
        Assert.InRange(steps.Count(static s => s is TiledConvStep && s.Sources.Count > 1), 10, int.MaxValue);
        Assert.InRange(steps.Count(static s => s is TiledConvStep && s.Target.Layout.IsWide), 10, int.MaxValue);
    }

    /// <summary>Saturated or zero everywhere would hide errors.</summary>
    [Fact]
    public void Create_RandomInputs_GiveLivelyOutputs()
    {
        var lively = 0;
        for (var seed = 0; seed < 100; seed++)
        {
            var program = new FixedPointProgram(Graphs[seed]);
            var output = ReferenceRunner.Run(program, RandomProgram.InputsFor(program, 3, seed))[0].Data;
            lively += output.Distinct().Count() > Math.Min(8, output.Length / 4) ? 1 : 0;
        }

        Assert.InRange(lively, 60, 100);
    }
}
