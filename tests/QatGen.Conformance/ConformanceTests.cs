using QatGen.Bpu;
using QatGen.Kernels;
using QatGen.Kernels.Reference;
using QatGen.Operators;
using QatGen.Passes;

namespace QatGen.Conformance;

/// <summary>Every operator's own examples on every march and rung: QAT rounds float to the nearest step; QAT, reference kernels, vectorized kernels and the simulator agree bit for bit.</summary>
public sealed class ConformanceTests
{
    private static readonly double[] Spreads = [0.3, 1, 4];

    public static IEnumerable<object[]> Cases =>
        from op in Catalogue.All
        from example in op.Examples()
        from march in Enum.GetValues<March>()
        where Violations(example, march).Count == 0
        select new object[] { op.Name, example.Name, march };

    public static IEnumerable<object[]> RefusedCases =>
        from op in Catalogue.All
        from example in op.Examples()
        from march in Enum.GetValues<March>()
        where Violations(example, march).Count > 0
        select new object[] { op.Name, example.Name, march };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Qat_RoundsFloatToTheNearestStep(string op, string example, March march)
    {
        using var ladder = Ladder.Of(op, example, march);
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
    public void Integers_AreTheSameOnEveryRung(string op, string example, March march)
    {
        foreach (var spread in Spreads)
        {
            using var ladder = Ladder.Of(op, example, march, spread);
            var reference = ReferenceRunner.Run(ladder.FixedPoint, ladder.Inputs)[0];
            Assert.Equal(ladder.Trained.Data, reference.Data);
            Assert.Equal(reference.Data, ladder.FixedPoint.RunAll(ladder.Inputs)[0].Data);
            Assert.Equal(reference.Data, new Simulator(BpuCompiler.Compile(ladder.FixedPoint)).Run(ladder.Inputs).Output.Data);
        }
    }

    /// <summary>What is found while typing, where shapes are known, is found at conversion and by the compiler too.</summary>
    [Theory]
    [MemberData(nameof(RefusedCases))]
    public void BeyondTheMarch_IsRefusedAtConversionAndWhenCompiled(string op, string name, March march)
    {
        var example = Catalogue.Get(op).Examples().First(e => e.Name == name);
        var expected = Places(Violations(example, march));
        Assert.Equal(expected, Places(Assert.Throws<QatGenException>(() => Ladder.Of(op, name, march)).Violations));
        using var ladder = Ladder.Of(op, name, Enum.GetValues<March>().First(m => Violations(example, m).Count == 0));
        var program = ladder.FixedPoint.Record();
        Assert.Equal(expected, Places(Assert.Throws<QatGenException>(() => BpuCompiler.Compile(program with { Signature = program.Signature with { March = march } })).Violations));

        static IEnumerable<(Rule, string)> Places(IReadOnlyList<Violation> violations) => violations.Select(static v => (v.Rule, v.Layer));
    }

    [Fact]
    public void ResidualNet_IsTheSameOnEveryRung()
    {
        using var ladder = new Ladder(Torch.Tests.Nets.Residual(side: 28, width: 16), batch: 4, spread: 1.5);
        var reference = ReferenceRunner.Run(ladder.FixedPoint, ladder.Inputs)[0];
        Assert.Equal(ladder.Trained.Data, reference.Data);
        Assert.Equal(reference.Data, ladder.FixedPoint.RunAll(ladder.Inputs)[0].Data);
        Assert.Equal(reference.Data, new Simulator(BpuCompiler.Compile(ladder.FixedPoint)).Run(ladder.Inputs).Output.Data);
    }

    /// <summary>What the passes say of an example on a march.</summary>
    private static IReadOnlyList<Violation> Violations(Example example, March march) => Pipeline.Check(Torch.Tests.Nets.Of(example) with { March = march });
}
