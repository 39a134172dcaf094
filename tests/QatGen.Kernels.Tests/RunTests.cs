using QatGen.Arithmetic;
using QatGen.Kernels.Reference;

namespace QatGen.Kernels.Tests;

/// <summary>The ways to run a model: batches, threads, sessions, and what is said to wrong input.</summary>
public sealed class RunTests
{
    private static readonly FixedPointProgram Net = SmallNet();

    [Fact]
    public void Run_BatchOfManyParts_EqualsTheReference()
    {
        var inputs = RandomProgram.InputsFor(Net, 53, 3);
        var actual = Net.Run(inputs[0]);
        Assert.Equal(ReferenceRunner.Run(Net, inputs)[0].Data, actual.Data);
        Assert.Equal([53, 5], actual.Shape);
        Assert.Equal(DType.QInt32, actual.DType);
        Assert.Equal(Net.Signature.Outputs[0].Scales, actual.Scale.ToSeq());
    }

    [Fact]
    public void Run_ManyThreads_GiveTheSameIntegers()
    {
        var inputs = RandomProgram.InputsFor(Net, 20, 4);
        var expected = ReferenceRunner.Run(Net, inputs)[0].Data;
        Parallel.For(0, 64, _ => Assert.Equal(expected, Net.Run(inputs[0]).Data));
    }

    [Fact]
    public void Run_Floats_QuantizesAndDequantizes()
    {
        float[] pixels = [.. Enumerable.Range(0, 2 * 3 * 8 * 8).Select(static i => (i % 300) - 149.7f)];
        var quantized = Net.Signature.Quantize(0, pixels, 2);
        Assert.Equal(ReferenceRunner.Run(Net, quantized)[0].Dequantize(), Net.Run(pixels, 2));
    }

    [Fact]
    public void Run_InSession_AllocatesNothing()
    {
        var session = new InferenceSession(Net, 2);
        var (input, output) = (RandomProgram.InputsFor(Net, 2, 5)[0].Data, new int[10]);
        session.Run(input, output);

        // A collection that another test causes counts the rest of this thread's buffer as allocated: what a run itself allocates would show in every attempt.
        Assert.Contains(0, Enumerable.Range(0, 10).Select(_ => Allocated()));
        Assert.Equal(ReferenceRunner.Run(Net, new QTensor([2, 3, 8, 8], DType.QInt8, input, 1))[0].Data, output);

        long Allocated()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 100; i++)
            {
                session.Run(input, output);
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Fact]
    public void Session_DeepNet_NeedsMemoryForTheWidestPlaceOnly()
    {
        long Bytes(int layers)
        {
            var b = new ProgramBuilder(([16, 8, 8], DType.QInt8));
            var x = b.Inputs[0];
            for (var i = 0; i < layers; i++)
            {
                x = b.Rescale([x], 1 + (i % 2), ClampRange.None);
            }

            return new InferenceSession(b.Build(x)).ArenaBytes;
        }

        Assert.Equal(Bytes(4), Bytes(40));
    }

    [Fact]
    public void Run_OutputThatIsAnInput_IsCopied()
    {
        var b = new ProgramBuilder(([2, 2, 2], DType.QInt8));
        var program = b.Build(b.Clamp(b.Inputs[0], -1, 1), b.Inputs[0]);
        var outputs = program.RunAll(new QTensor([1, 2, 2, 2], DType.QInt8, [1, 2, 3, 4, 5, 6, 7, 8], 1));
        Assert.Equal([1, 1, 1, 1, 1, 1, 1, 1], outputs[0].Data);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], outputs[1].Data);
    }

    [Fact]
    public void Run_WrongInput_IsAClearError()
    {
        AssertRule(ShapeRules.InputShape, static () => Net.Run(Zeros([1, 3, 8, 7])));
        AssertRule(ShapeRules.InputShape, static () => Net.Run(Zeros([3, 8, 8])));
        AssertRule(ShapeRules.InputShape, static () => Net.Run(Zeros([0, 3, 8, 8])));
        AssertRule(ShapeRules.InputType, static () => Net.Run(Zeros([1, 3, 8, 8], DType.QInt16)));
        AssertRule(ShapeRules.InputType, static () => Net.Run(new QTensor([1, 3, 8, 8], DType.QInt8, [.. Enumerable.Repeat(128, 192)], 1)));
        AssertRule(ShapeRules.InputCount, static () => Net.RunAll());
        AssertRule(ShapeRules.InputCount, static () => ReferenceRunner.Run(Net, Zeros([1, 3, 8, 8]), Zeros([1, 3, 8, 8])));
        AssertRule(ShapeRules.InputShape, static () => Net.Run(new float[191], 1));
        AssertRule(ShapeRules.InputShape, static () => Net.Run([], 0));
        AssertRule(QuantizationRules.NotANumber, static () => Net.Run([.. Enumerable.Repeat(float.NaN, 192)], 1));
    }

    [Fact]
    public void RunAll_InputsOfDifferentBatch_IsAnError()
    {
        var b = new ProgramBuilder(([2, 2], DType.QInt8), ([2, 2], DType.QInt8));
        var program = b.Build(b.Rescale(b.Inputs, 2, ClampRange.None));
        AssertRule(ShapeRules.InputShape, () => program.RunAll(Zeros([2, 2, 2]), Zeros([1, 2, 2])));
    }

    [Fact]
    public void Session_WrongCall_IsAClearError()
    {
        var session = new InferenceSession(Net, 2);
        AssertRule(ShapeRules.InputShape, () => session.Run(new int[192], new int[10]));
        AssertRule(ShapeRules.InputType, () => session.Run([.. Enumerable.Repeat(-129, 384)], new int[10]));
        AssertRule(ShapeRules.OutputSize, () => session.Run(new int[384], new int[9]));
        AssertRule(ShapeRules.BatchSize, static () => new InferenceSession(Net, 0));
        AssertRule(ShapeRules.BatchSize, static () => new InferenceSession(Net, 10_000_000));
    }

    [Fact]
    public void Conv_OfAnAccumulator_IsAnError()
    {
        var b = new ProgramBuilder(([1, 2, 2], DType.QInt8));
        var sum = b.Conv(b.Inputs[0], new(new(1, 1, 1, 1), new(1)), new(new(0)), [1], new());
        b.Conv(sum, new(new(1, 1, 1, 1), new(1)), new(new(0)), [1], new());
        AssertRule(ShapeRules.ConvType, () => b.Build(sum));
    }

    /// <summary>Convolutions, a residual, a pooling and a linear layer of high precision.</summary>
    private static FixedPointProgram SmallNet()
    {
        var random = new Random(1);
        var b = new ProgramBuilder(([3, 8, 8], DType.QInt8));
        Built Conv(Built x, int outputs, int kernel, int pad) => b.Conv(
            x,
            new(new(outputs, x.Shape[1], kernel, kernel), new([.. Enumerable.Range(0, outputs * x.Shape[1] * kernel * kernel).Select(_ => (sbyte)random.Next(-128, 128))])),
            new(new([.. Enumerable.Range(0, outputs).Select(_ => random.Next(-1000, 1000))])),
            [.. Enumerable.Range(0, outputs).Select(_ => 0.5 + random.NextDouble())],
            new(PadTop: pad, PadLeft: pad, PadBottom: pad, PadRight: pad));
        var x = b.Rescale([Conv(b.Inputs[0], 16, 3, 1)], 500, ClampRange.Relu);
        var y = b.Rescale([Conv(x, 16, 3, 1), x], 1000_000, ClampRange.Relu);
        var pooled = b.Rescale([b.SumPool(y, Primitives.PoolGeometry.Global, new())], 500_000, ClampRange.None);
        return b.Build(b.Reshape(b.PassThrough(Conv(pooled, 5, 1, 0), ClampRange.None), 0, -1));
    }

    private static QTensor Zeros(int[] shape, DType type = DType.QInt8) => new(shape, type, new int[shape.Aggregate(1, static (n, d) => n * d)], 1);

    private static void AssertRule(Rule rule, Action run) => Assert.Equal(rule, Assert.Throws<QatGenException>(run).Violations[0].Rule);
}
