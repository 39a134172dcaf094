using QatGen.Bpu;
using QatGen.Kernels;
using QatGen.Kernels.Reference;
using QatGen.Marches;
using QatGen.Operators;
using QatGen.Passes;
using QatGen.Primitives;

namespace QatGen.Conformance;

/// <summary>Every operator's own examples on every march and rung: QAT rounds float to the nearest step; QAT, reference kernels, vectorized kernels and the simulator agree bit for bit.</summary>
public sealed class ConformanceTests(Xunit.Abstractions.ITestOutputHelper log)
{
    private static readonly double[] Spreads = [0.3, 1, 4];

    private static readonly DType[] Types = [DType.QInt8, DType.QInt16];

    private static readonly March[] Marches = Enum.GetValues<March>();

    /// <summary>Every example with every type of its inputs and, where that is its own, of its result, that some march takes.</summary>
    public static IEnumerable<object[]> Cases => Taken.Select(static c => new object[] { c.Op.Name, c.Example.Name, c.Input, c.Output });

    /// <summary>Those that a march refuses.</summary>
    public static IEnumerable<object[]> RefusedCases =>
        from c in All
        from march in Marches
        where Violations(c.Example, march, c.Input, c.Output).Count > 0
        select new object[] { c.Op.Name, c.Example.Name, march, c.Input, c.Output };

    private static IEnumerable<(Operator Op, Example Example, DType Input, DType Output)> Taken => All.Where(static c => Marches.Any(m => IsTaken(c.Example, m, c.Input, c.Output)));

    private static IEnumerable<(Operator Op, Example Example, DType Input, DType Output)> All =>
        from op in Catalogue.All
        from example in op.Examples()
        from input in Types
        from output in op.OwnsScale ? Types : [input]
        select (op, example, input, output);

    public static IEnumerable<object[]> SimpleCases => Taken.Where(static c => !IsComposite(c.Op, c.Example)).Select(static c => new object[] { c.Op.Name, c.Example.Name, c.Input, c.Output });

    public static IEnumerable<object[]> CompositeCases => Taken.Where(static c => IsComposite(c.Op, c.Example)).Select(static c => new object[] { c.Op.Name, c.Example.Name, c.Input, c.Output });

    private static bool IsComposite(Operator op, Example example) => op.IsComposite(example.Nodes[example.Nodes.Count - 1]);

    [Theory]
    [MemberData(nameof(SimpleCases))]
    public void Qat_RoundsFloatToTheNearestStep(string op, string example, DType input, DType output)
    {
        // A table is made for what was observed.
        var (isTable, march) = (Catalogue.Get(op).Constants(Find(op, example).Node).Any(static r => r.Kind == ConstantKind.Table), Taking(op, example, input, output));
        using var ladder = isTable ? Ladder.Covering(op, example, march, input, output) : Ladder.Of(op, example, march, input, output);
        var (real, trained, type) = (ladder.Real(), ladder.Trained.Dequantize(), ladder.Trained.DType);
        var step = (float)ladder.Trained.Scale.Max();

        // Half a step, and what the multiplier's own rounding and float32 add to it; a number is rounded to a step of the tensor beside it. A table of an int8 input is rounded and nothing else.
        var deviation = Find(op, example).Deviation(type);
        Assert.InRange(ladder.TableError, 0, 0.505 + (input == DType.QInt8 ? 0 : deviation));
        var numbers = ladder.FixedPoint.Constants.OfType<TensorConstant>().Where(c => c.DType == DType.QInt32 && Catalogue.Get(op).IndexOperand < 0).Sum(static c => 0.5 * c.Scale);
        var tolerance = ((float)(0.505 + deviation) * step) + (1e-5f * real.Where(float.IsFinite).Select(Math.Abs).DefaultIfEmpty().Max()) + (float)numbers;
        Assert.All(real.Zip(trained), pair =>
        {
            var reachable = Math.Clamp(pair.First, type.Min() * step, type.Max() * step);
            Assert.InRange(pair.Second, reachable - tolerance, reachable + tolerance);
        });
    }

    /// <summary>A composite rounds between its parts: what that adds up to is its own to say, and is written down here.</summary>
    [Theory]
    [MemberData(nameof(CompositeCases))]
    public void Composite_StaysWithinItsStepsOfFloat(string op, string example, DType input, DType output)
    {
        using var ladder = Ladder.Covering(op, example, Taking(op, example, input, output), input, output);
        var (trained, type) = (ladder.Trained.Dequantize(), ladder.Trained.DType);
        var step = (float)ladder.Trained.Scale.Max();
        var errors = ladder.Real().Zip(trained, (real, integer) => Math.Abs(Math.Clamp(real, type.Min() * step, type.Max() * step) - integer) / step).ToArray();
        var steps = Catalogue.Get(op).CompositeSteps;
        log.WriteLine(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"COMPOSITE {op} | {example} | {input.Name()} to {output.Name()} | {errors.Max():F2} | {errors.Average():F3}"));
        Assert.InRange(errors.Max(), 0, type == DType.QInt8 ? steps.Int8 : steps.Int16);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Integers_AreTheSameOnEveryRungAndMarch(string op, string name, DType input, DType output)
    {
        using var ladder = Ladder.Of(op, name, Taking(op, name, input, output), input, output);
        var program = ladder.FixedPoint.Record();
        var simulators = new List<Simulator>();
        foreach (var march in Marches)
        {
            var onMarch = program with { Signature = program.Signature with { March = march } };
            var violations = Violations(Find(op, name), march, input, output);
            if (violations.Count == 0)
            {
                simulators.Add(new(BpuCompiler.Compile(onMarch)));
            }
            else
            {
                Assert.Equal(Places(violations), Places(Assert.Throws<QatGenException>(() => BpuCompiler.Compile(onMarch)).Violations));
            }
        }

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
    [MemberData(nameof(RefusedCases))]
    public void BeyondTheMarch_IsRefusedAtConversion(string op, string name, March march, DType input, DType output) =>
        Assert.Equal(
            Places([.. Violations(Find(op, name), march, input, output), .. Notes(Find(op, name), march, input)]),
            Places(Assert.Throws<QatGenException>(() => Ladder.Of(op, name, march, input, output)).Violations));

    [Theory]
    [InlineData(DType.QInt8)]
    [InlineData(DType.QInt16)]
    public void ResidualNet_IsTheSameOnEveryRung(DType type)
    {
        using var ladder = new Ladder(Torch.Tests.Nets.Residual(side: 28, width: 16), batch: 4, spread: 1.5, new() { Activation = new() { DType = type } });
        var reference = ReferenceRunner.Run(ladder.FixedPoint, ladder.Inputs)[0];
        Assert.Equal(ladder.Trained.Data, reference.Data);
        Assert.Equal(reference.Data, ladder.FixedPoint.RunAll(ladder.Inputs)[0].Data);
        Assert.Equal(reference.Data, new Simulator(BpuCompiler.Compile(ladder.FixedPoint)).Run(ladder.Inputs).Output.Data);
    }

    private static Example Find(string op, string example) => Catalogue.Get(op).Examples().First(e => e.Name == example);

    /// <summary>The first march that takes an example in these types.</summary>
    private static March Taking(string op, string example, DType input, DType output) => Marches.First(m => IsTaken(Find(op, example), m, input, output));

    private static bool IsTaken(Example example, March march, DType input, DType output) => Violations(example, march, input, output).Count == 0 && !Notes(example, march, input).Any();

    /// <summary>What a march's toolkit refuses of the types beyond that.</summary>
    private static IEnumerable<Violation> Notes(Example example, March march, DType input) => MarchNote.OfTypes(march, example.Nodes[example.Nodes.Count - 1], example.InputShapes.Select(_ => input).ToSeq());

    /// <summary>What a march refuses of an example whose inputs and result have these types.</summary>
    private static IReadOnlyList<Violation> Violations(Example example, March march, DType input, DType output)
    {
        var graph = Torch.Tests.Nets.Of(example);
        var checker = new MarchChecker(MarchSpec.Get(march));
        var constants = Lowering.Slots(graph).Select(s => s.Node.Part?.Type is not null ? s.Fact : new Fact(s.Role.Shape, s.Role is { Kind: ConstantKind.Rescale or ConstantKind.Tensor or ConstantKind.Table, DType: DType.QInt8 } ? s.Role.ScaleOf < 0 ? output : input : s.Role.DType));
        Lowering.Run(graph, checker, [.. constants], [.. graph.Inputs.Select(i => Fact.Of(i.Shape, i.DType == DType.QInt32 ? i.DType : input))]);
        return checker.Violations;
    }

    private static IEnumerable<(Rule, string)> Places(IReadOnlyList<Violation> violations) => violations.Select(static v => (v.Rule, v.Layer));
}
