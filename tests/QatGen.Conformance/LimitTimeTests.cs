using QatGen.Bpu;
using QatGen.Graphs;
using QatGen.Passes;
using QatGen.Torch;
using QatGen.Torch.Tests;
using static TorchSharp.torch;

namespace QatGen.Conformance;

/// <summary>A limit of a shape is found as soon as the shape is known: while typing, else at conversion, else when compiled.</summary>
public sealed class LimitTimeTests
{
    public static TheoryData<March, string, int[], int[]> Cases => new()
    {
        { March.Bayes, "input height and width divisible by the dilation", [1, 4, 10, 12], [1, 4, 11, 12] },
        { March.BayesE, "input height and width divisible by the dilation", [1, 4, 10, 12], [1, 4, 10, 13] },
        { March.Bernoulli2, "8192 positions when the whole map is one window", [1, 4, 64, 128], [1, 4, 65, 128] },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Limit_IsFoundWhenTheShapeIs(March march, string limit, int[] inside, int[] outside)
    {
        using var scope = NewDisposeScope();
        Assert.Empty(Pipeline.Run(Net(march, inside)).Violations);
        Expect(Pipeline.Run(Net(march, outside)).Violations);

        // Without [InputShape] nothing is known while typing: calibration tells.
        var untold = Pipeline.Run(Net(march, []));
        Assert.Empty(untold.Violations);
        Assert.NotNull(Convert(inside));
        Expect(Assert.Throws<QatGenException>(() => Convert(outside)).Violations);

        // A program of another march that takes it, as one loaded from a file would be.
        var program = Nets.Calibrated(Pipeline.Run(Net(March.NashE, outside)).Fused!).ConvertToFixedPoint().Record();
        Assert.NotNull(BpuCompiler.Compile(program));
        Expect(Assert.Throws<QatGenException>(() => BpuCompiler.Compile(program with { Signature = program.Signature with { March = march } })).Violations);

        FixedPointModel Convert(int[] shape)
        {
            var model = new GraphQat(untold.Fused!, Nets.State(untold.Fused!));
            model.Calibrate([randn([.. shape.Select(static d => (long)d)])]);
            return model.ConvertToFixedPoint();
        }

        void Expect(IReadOnlyList<Violation> violations)
        {
            var violation = Assert.Single(violations);
            Assert.Equal(MarchRules.Limit, violation.Rule);
            Assert.Contains(limit, violation.Message, StringComparison.Ordinal);
        }
    }

    /// <summary>The batch is free in a converted program and fixed when compiled.</summary>
    [Theory]
    [InlineData(128, true)]
    [InlineData(129, false)]
    public void Batch_IsHeldAgainstTheMarchWhenCompiled(int batch, bool allowed)
    {
        using var scope = NewDisposeScope();
        var fixedPoint = Nets.Calibrated(Pipeline.Run(Net(March.Bernoulli2, [1, 4, 6, 6])).Fused!).ConvertToFixedPoint();
        var violations = allowed ? [] : Assert.Throws<QatGenException>(() => BpuCompiler.Compile(fixedPoint, new(batch))).Violations;
        Assert.All(violations, static v => Assert.Contains("a batch of at most 128", v.Message, StringComparison.Ordinal));
        Assert.Equal(allowed, violations.Count == 0);
        Assert.True(!allowed || BpuCompiler.Compile(fixedPoint, new(batch)).Batch == batch);
    }

    /// <summary>A dilated convolution, and the mean of the map.</summary>
    private static Graph Net(March march, int[] shape)
    {
        var conv = Nets.Conv("conv", 0, 4, 4, kernel: 1);
        var dilated = conv with { Path = "dilated", Inputs = new(1), Attributes = new([.. conv.Attributes.Where(static a => a.Key != "dilation"), new("dilation", 2)]) };
        return new("Test", "Net", march, new(new GraphInput("x", new(shape), 0)), new(conv, dilated, Nets.Pool("pool", 2)), new(3));
    }
}
