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

    /// <summary>Every example on every march with every type of its inputs and, where that is its own, of its result.</summary>
    public static IEnumerable<object[]> Cases =>
        from op in Catalogue.All
        from example in op.Examples()
        from march in Enum.GetValues<March>()
        from input in Types
        from output in op.OwnsScale ? Types : [input]
        select new object[] { op.Name, example.Name, march, input, output };

    /// <summary>What does not depend on the march.</summary>
    public static IEnumerable<object[]> TypeCases => Cases.Where(static c => c[2] is March.Bayes).Select(static c => new[] { c[0], c[1], c[3], c[4] });

    [Theory]
    [MemberData(nameof(TypeCases))]
    public void Qat_RoundsFloatToTheNearestStep(string op, string example, DType input, DType output)
    {
        using var ladder = Ladder.Of(op, example, March.Bayes, input, output);
        var (real, trained, type) = (ladder.Real(), ladder.Trained.Dequantize(), ladder.Trained.DType);
        var step = (float)ladder.Trained.Scale.Max();

        // Half a step, and what the multiplier's own rounding and float32 add to it.
        var tolerance = (0.505f * step) + (1e-5f * real.Max(Math.Abs));
        Assert.All(real.Zip(trained), pair =>
        {
            var reachable = Math.Clamp(pair.First, type.Min() * step, type.Max() * step);
            Assert.InRange(pair.Second, reachable - tolerance, reachable + tolerance);
        });
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Integers_AreTheSameOnEveryRung(string op, string example, March march, DType input, DType output)
    {
        foreach (var spread in Spreads)
        {
            using var ladder = Ladder.Of(op, example, march, input, output, spread);
            var reference = ReferenceRunner.Run(ladder.FixedPoint, ladder.Inputs)[0];
            Assert.Equal(ladder.Trained.Data, reference.Data);
            Assert.Equal(reference.Data, ladder.FixedPoint.RunAll(ladder.Inputs)[0].Data);
            if (Violations(ladder.FixedPoint).Count == 0)
            {
                Assert.Equal(reference.Data, new Simulator(BpuCompiler.Compile(ladder.FixedPoint)).Run(ladder.Inputs).Output.Data);
            }
            else
            {
                Assert.Throws<QatGenException>(() => BpuCompiler.Compile(ladder.FixedPoint));
            }
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

    private static IReadOnlyList<Violation> Violations(FixedPointModel model)
    {
        var checker = new MarchChecker(MarchSpec.Get(model.Signature.March));
        model.Forward(checker, [.. model.Constants.Select(Fact.Of)], [.. model.Signature.Inputs.Select(static i => Fact.Of(i.Shape, i.DType))]);
        return checker.Violations;
    }
}
