using QatGen.Bpu;
using QatGen.Kernels;
using QatGen.Kernels.Reference;
using QatGen.Marches;
using QatGen.Operators;
using QatGen.Primitives;

namespace QatGen.Conformance;

/// <summary>Every operator's own examples on every march and rung: QAT rounds float to the nearest step; QAT, reference kernels, vectorized kernels and the simulator agree bit for bit.</summary>
public sealed class ConformanceTests
{
    private static readonly double[] Spreads = [0.3, 1, 4];

    private static readonly DType[] Types = [DType.QInt8, DType.QInt16];

    /// <summary>Every example with every type of its inputs and, where that is its own, of its result.</summary>
    public static IEnumerable<object[]> Cases =>
        from op in Catalogue.All
        from example in op.Examples()
        from input in Types
        from output in op.OwnsScale ? Types : [input]
        select new object[] { op.Name, example.Name, input, output };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Qat_RoundsFloatToTheNearestStep(string op, string example, DType input, DType output)
    {
        using var ladder = Ladder.Of(op, example, input, output);
        var (real, trained, type) = (ladder.Real(), ladder.Trained.Dequantize(), ladder.Trained.DType);
        var step = (float)ladder.Trained.Scale.Max();

        // Half a step, or what the operator says of an interpolated table, and what the multiplier's own rounding and float32 add to it.
        var error = input == DType.QInt16 ? output == DType.QInt16 ? Math.Max(0.5, Catalogue.Get(op).TableSteps) : 0.5 + (Catalogue.Get(op).TableSteps / 128) : 0.5;
        Assert.InRange(ladder.TableError, 0, error + 0.005);
        var tolerance = ((float)(error + 0.005) * step) + (1e-5f * real.Where(float.IsFinite).Max(Math.Abs));
        Assert.All(real.Zip(trained), pair =>
        {
            var reachable = Math.Clamp(pair.First, type.Min() * step, type.Max() * step);
            Assert.InRange(pair.Second, reachable - tolerance, reachable + tolerance);
        });
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Integers_AreTheSameOnEveryRungAndMarch(string op, string example, DType input, DType output)
    {
        using var ladder = Ladder.Of(op, example, input, output);
        var graph = ladder.FixedPoint.Record();
        var simulators = Enum.GetValues<March>().Select(m => graph with { Signature = graph.Signature with { March = m } }).Select(Simulator).OfType<Simulator>().ToArray();
        foreach (var spread in Spreads)
        {
            ladder.Draw(2, spread);
            var reference = ReferenceRunner.Run(ladder.FixedPoint, ladder.Inputs)[0];
            Assert.Equal(ladder.Trained.Data, reference.Data);
            Assert.Equal(reference.Data, ladder.FixedPoint.RunAll(ladder.Inputs)[0].Data);
            Assert.All(simulators, s => Assert.Equal(reference.Data, s.Run(ladder.Inputs).Output.Data));
        }
    }

    [Theory]
    [InlineData(DType.QInt8)]
    [InlineData(DType.QInt16)]
    public void ResidualNet_IsTheSameOnEveryRung(DType type)
    {
        using var ladder = new Ladder(Torch.Tests.Nets.Residual(side: 28, width: 16), batch: 4, spread: 1.5, new() { ActivationType = type });
        var reference = ReferenceRunner.Run(ladder.FixedPoint, ladder.Inputs)[0];
        Assert.Equal(ladder.Trained.Data, reference.Data);
        Assert.Equal(reference.Data, ladder.FixedPoint.RunAll(ladder.Inputs)[0].Data);
        Assert.Equal(reference.Data, new Simulator(BpuCompiler.Compile(ladder.FixedPoint)).Run(ladder.Inputs).Output.Data);
    }

    /// <summary>The program on its march; null where the march refuses it, in the checker as in the compiler.</summary>
    private static Simulator? Simulator(IntGraph graph)
    {
        var checker = new MarchChecker(MarchSpec.Get(graph.Signature.March));
        graph.Forward(checker, [.. graph.Constants.Select(Fact.Of)], [.. graph.Signature.Inputs.Select(static i => Fact.Of(i.Shape, i.DType))]);
        if (checker.Violations.Count > 0)
        {
            Assert.Throws<QatGenException>(() => BpuCompiler.Compile(graph));
            return null;
        }

        return new(BpuCompiler.Compile(graph));
    }
}
