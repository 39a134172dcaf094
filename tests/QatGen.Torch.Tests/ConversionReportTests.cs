using QatGen.Primitives;
using QatGen.Torch.Observers;
using TorchSharp;
using static TorchSharp.torch;

namespace QatGen.Torch.Tests;

/// <summary>What conversion says of each layer, against the constants that it gives.</summary>
public sealed class ConversionReportTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    [Fact]
    public void Layers_WithScalesTooSmall_CountWhatSaturates()
    {
        const float scale = 0.002f;
        var graph = Nets.Of([1, 3, 6, 6], Nets.Conv("conv", 0, 3, 4, bias: true), Nets.Conv("next", 1, 4, 2));
        var state = Nets.State(graph);
        state["conv.weight"][1] = 0;
        var qat = Calibrated(graph, state, new() { Rules = [new(Selector.Path("conv")) { Weight = new() { Observer = new ObserverSettings.FixedScale(scale) } }] });
        var report = qat.ReportConversion();

        var weights = state["conv.weight"].data<float>().ToArray();
        var expected = weights.Count(static w => w / (double)scale is < -128.51 or > 127.51);
        Assert.True(expected > 0);
        Assert.Equal(["conv", "next"], report.Layers.Select(static l => l.Layer));
        Assert.Equal((expected, weights.Length, 1, 4, 8), ((int)report.Layers[0].Saturated, (int)report.Layers[0].Weights, report.Layers[0].EmptyChannels, report.Layers[0].Channels, report.Layers[0].Bits));
        Assert.Equal((0L, 0), (report.Layers[1].Saturated, report.Layers[1].EmptyChannels));
        Assert.Contains("conv", report.ToString(), StringComparison.Ordinal);

        // The proof of NUMERICS section 4 with the constants that were given.
        var constants = qat.ConvertToFixedPoint().Constants;
        foreach (var (weight, bias, layer) in constants.OfType<WeightConstant>().Zip(constants.OfType<BiasConstant>(), report.Layers))
        {
            var row = weight.Values.Count / bias.Values.Count;
            Assert.Equal(bias.Values.Select((b, c) => (128L * weight.Values.Skip(c * row).Take(row).Sum(static q => Math.Abs((long)q))) + Math.Abs((long)b)).Max(), layer.LargestSum);
        }
    }

    [Fact]
    public void Weights_ThatAHugeBiasLeavesNoSteps_AreAllZero()
    {
        var graph = Nets.Of([1, 3, 4, 4], Nets.Conv("conv", 0, 3, 2, bias: true));
        var state = Nets.State(graph);
        state["conv.bias"][1] = 1e9f;
        var layer = Calibrated(graph, state, new()).ReportConversion().Layers.Single();
        Assert.Equal((0L, 1), (layer.Saturated, layer.EmptyChannels));
        Assert.InRange(layer.LargestSum, 1 << 27, int.MaxValue);
    }

    [Fact]
    public void Layers_WithoutData_AreNamed()
    {
        var graph = Nets.Of([1, 3, 6, 6], Nets.Conv("conv", 0, 3, 4), Nets.Conv("next", 1, 4, 2));
        using var qat = new GraphQat(graph, Nets.State(graph));
        var report = qat.ReportConversion();
        Assert.Equal(["x", "conv"], report.Uncalibrated);
        Assert.Equal("not calibrated: x, conv", report.ToString());
    }

    private static GraphQat Calibrated(Graphs.Graph graph, Dictionary<string, Tensor> state, QConfig config)
    {
        var qat = new GraphQat(graph, state, config);
        qat.Calibrate([Nets.Batch(graph)]);
        return qat;
    }

    public void Dispose() => _scope.Dispose();
}
