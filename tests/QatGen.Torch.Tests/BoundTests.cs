using QatGen.Graphs;
using static TorchSharp.torch;

namespace QatGen.Torch.Tests;

/// <summary>Layers whose sums leave what float32, or int32, can hold.</summary>
public sealed class BoundTests
{
    [Theory]
    [InlineData(OutputKind.Quantized, 5000, 8)]
    [InlineData(OutputKind.HighPrecision, 5000, 8)]
    [InlineData(OutputKind.Quantized, 140_000, 7)]
    [InlineData(OutputKind.HighPrecision, 140_000, 7)]
    public void ValidationIntegers_WideLayer_EqualTheConvertedProgram(OutputKind output, int width, int bits)
    {
        using var scope = NewDisposeScope();
        var node = Nets.Linear("fc", 0, width, 3) with { Output = output };
        var graph = new Graph("Test", "Net", March.NashE, new(new GraphInput("x", new(1, width), 0)), new(node), new(1));
        var model = new GraphQat(graph, new Dictionary<string, Tensor> { ["fc.weight"] = randn(3, width).sign() * (1 + (rand(3, width) * 0.01)), ["fc.bias"] = randn(3) });

        // Same signs as the weights drive the sums to the edge.
        var x = model.Model.Nodes[0].Weight!.detach().reshape(3, width).sign();
        model.Calibrate([x.clone()]);
        var fixedPoint = model.ConvertToFixedPoint();
        Assert.Equal(bits, model.Model.Nodes[0].WeightQuantizer!.Bits);
        foreach (var batch in new[] { x, randn(2, width) })
        {
            Assert.Equal(NaivePrimitives.Run(fixedPoint, Nets.Quantized(fixedPoint.Signature, batch)), model.ValidationIntegers(batch).Data.Select(static v => (long)v));
        }
    }

    [Fact]
    public void Call_ChannelThatNeedsLessThanFourBits_IsAnError()
    {
        using var scope = NewDisposeScope();
        const int Width = 2_400_000;
        var graph = new Graph("Test", "Net", March.Bayes, new(new GraphInput("x", new(1, Width), 0)), new(Nets.Linear("fc", 0, Width, 1) with { Output = OutputKind.HighPrecision }), new(1));
        var model = new GraphQat(graph, new Dictionary<string, Tensor> { ["fc.weight"] = ones(1, Width), ["fc.bias"] = zeros(1) });
        model.SetState(FakeQuantState.Qat);
        BadInputTests.Expect(QuantizationRules.Overflow, "fc", () => model.call(ones(1, Width)));
    }

    /// <summary>128 * 128 * 131,072 = 2^31.</summary>
    [Theory]
    [InlineData(131_071, false)]
    [InlineData(131_072, true)]
    public void Call_MatricesWhoseSumsCouldLeaveInt32_AreAnError(int inner, bool isTooLarge)
    {
        using var scope = NewDisposeScope();
        var product = new Node("MatMul", "product", new(FormKind.Torch, "matmul"), new(0, 1), new());
        var graph = new Graph("Test", "Net", March.NashE, new(new GraphInput("x", new(1, 1, inner), 0), new GraphInput("y", new(1, inner, 1), 0)), new(product), new(2));
        var model = new GraphQat(graph, new Dictionary<string, Tensor>());
        Run("product", isTooLarge, model, ones(1, 1, inner), ones(1, inner, 1));
    }

    /// <summary>32,768 * 65,536 = 2^31.</summary>
    [Theory]
    [InlineData(65_535, false)]
    [InlineData(65_536, true)]
    public void Call_SumThatCouldLeaveInt32_IsAnError(int count, bool isTooLarge)
    {
        using var scope = NewDisposeScope();
        var sum = new Node("Sum", "sum", new(FormKind.Method, "sum"), new(0), new() { ["dim"] = 1, ["keepdim"] = true });
        Run("sum", isTooLarge, new(Nets.Of([1, count], sum), new Dictionary<string, Tensor>(), new() { Activation = new() { DType = DType.QInt16 } }), ones(1, count));
    }

    private static void Run(string layer, bool isTooLarge, GraphQat model, params Tensor[] inputs)
    {
        model.SetState(FakeQuantState.Qat);
        if (isTooLarge)
        {
            BadInputTests.Expect(QuantizationRules.Overflow, layer, () => model.Model.Forward(inputs));
        }
        else
        {
            Assert.All(model.Model.Forward(inputs), static y => Assert.Equal(1, y.numel()));
        }
    }

    [Fact]
    public void Convert_DeadChannel_StillHoldsItsBias()
    {
        using var scope = NewDisposeScope();
        var graph = Nets.Of([1, 2, 3, 3], Nets.Conv("conv", 0, 2, 2, kernel: 1, bias: true));
        var model = new GraphQat(graph, new Dictionary<string, Tensor>
        {
            ["conv.weight"] = tensor(new float[] { 0, 0, 0.5f, -1 }).reshape(2, 2, 1, 1),
            ["conv.bias"] = tensor(new float[] { 3, 0.25f }),
        });
        model.Calibrate([randn(4, 2, 3, 3)]);
        model.SetState(FakeQuantState.Validation);
        var y = model.call(randn(2, 2, 3, 3));
        Assert.InRange((y.select(1, 0) - 3).abs().max().item<float>(), 0, 1e-6);
    }

    [Fact]
    public void Concat_EqualScales_Copies()
    {
        using var scope = NewDisposeScope();
        var cat = new Node("Cat", "cat", new(FormKind.Torch, "cat"), new(0, 0), new() { ["dim"] = 1 });
        var graph = Nets.Of([1, 2, 3, 3], cat);
        var model = Nets.Calibrated(graph, config: new() { Activation = new() { Observer = new Observers.ObserverSettings.MinMax() } });
        var x = Nets.Batch(graph)[0];
        var fixedPoint = model.ConvertToFixedPoint();
        var integers = Nets.Quantized(fixedPoint.Signature, x)[0].Data;
        Assert.Equal([.. integers[..18], .. integers[..18], .. integers[18..], .. integers[18..]], model.ValidationIntegers(x).Data);
    }
}
