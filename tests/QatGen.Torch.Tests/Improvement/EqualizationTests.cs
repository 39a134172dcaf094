using QatGen.Graphs;
using QatGen.Torch.Improvement;
using QatGen.Torch.Observers;
using static TorchSharp.torch;

namespace QatGen.Torch.Tests.Improvement;

public sealed class EqualizationTests : IDisposable
{
    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();

    public static TheoryData<string, string[], string[]> Chains => new()
    {
        { "depthwise", ["a", "dw", "pw", "b", "fc"], ["a dw", "dw pw", "pw b", "b fc", "fc head"] },
        { "residual", [], ["block.conv1 block.conv2", "deep.point fc"] },
        { "groups", [], ["a b", "b c"] },
        { "transposed", [], ["a b", "b c"] },
        { "rows", [], ["a b"] },
        { "volumes", [], ["a b"] },
        { "sequences", [], ["a b"] },
        { "leaky", [], ["a b"] },
        { "limited", [], [] },
        { "read twice", [], [] },
        { "two channels in one", [], [] },
        { "table", [], [] },
        { "output", [], [] },
    };

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(Chains))]
    public void Equalize_EachNet_FindsItsPairsAndKeepsTheFloatModel(string net, string[] layers, string[] pairs)
    {
        var graph = Net(net);
        var state = Nets.State(graph);
        foreach (var layer in layers)
        {
            Spoil(state, layer);
        }

        var (plain, model) = (new GraphQat(graph, state), new GraphQat(graph, state));
        var report = model.Equalize();
        Assert.Equal(pairs, report.Pairs.Select(static p => $"{p.First} {p.Second}"));
        Assert.All(report.Pairs, static p => Assert.True(p.LargestFactor > 1.05 && Math.Abs(p.FirstAfter - p.SecondAfter) < 0.01 * p.FirstAfter && p.FirstAfter < Math.Max(p.FirstBefore, p.SecondBefore), p.ToString()));
        manual_seed(8);
        var x = Nets.Batch(graph, 4);
        var (expected, actual) = (plain.Model.Forward(x), model.Model.Forward(x));
        Assert.All(expected.Zip(actual), static o => Close(o.First, o.Second));
        Calibrate(model, graph);
        Promise(model, graph);
    }

    [Theory]
    [InlineData(BatchNormMode.FuseBN)]
    [InlineData(BatchNormMode.WithBN)]
    [InlineData(BatchNormMode.WithBNReverseFold)]
    public void Equalize_UnevenChannels_GivesEvenActivationsAndLessError(BatchNormMode mode)
    {
        var graph = Net("depthwise");
        var state = Nets.State(graph);
        foreach (var layer in new[] { "a", "dw", "pw", "b", "fc" })
        {
            Spoil(state, layer);
        }

        var config = new QConfig { BatchNormMode = mode };
        var (plain, model) = (new GraphQat(graph, state, config), new GraphQat(graph, state, config));
        model.Equalize();
        Calibrate(plain, graph);
        Calibrate(model, graph);
        plain.eval();
        model.eval();
        manual_seed(9);
        var x = Nets.Batch(graph, 32)[0];
        var real = plain.call(x).detach();
        Close(real, model.call(x));
        plain.SetState(FakeQuantState.Validation);
        model.SetState(FakeQuantState.Validation);
        double Error(GraphQat m) => (m.call(x) - real).square().mean().item<float>();
        Assert.InRange(Error(model), 0, 0.1 * Error(plain));
        Promise(model, graph);

        // In training live batch norms measure the scaled channels, which changes nothing either.
        plain.SetState(FakeQuantState.Float);
        model.SetState(FakeQuantState.Float);
        plain.train();
        model.train();
        Close(plain.call(x), model.call(x), 1e-3);
    }

    [Fact]
    public void Equalize_CalibratedModel_ForgetsTheScaledChannelsOnly()
    {
        var graph = Net("residual");
        var model = Nets.Calibrated(graph);
        var kept = model.Model.Nodes.First(static n => n.Node.Path == "stem.conv").OutputQuantizer!.Scale;
        model.Equalize();
        var violations = Assert.Throws<QatGenException>(() => model.SetState(FakeQuantState.Validation)).Violations;
        Assert.All(violations, static v => Assert.Equal(QuantizationRules.NotCalibrated, v.Rule));
        Assert.Equal(["block.conv1", "deep.point", "pool"], violations.Select(static v => v.Layer).Order());
        Assert.Equal(kept, model.Model.Nodes.First(static n => n.Node.Path == "stem.conv").OutputQuantizer!.Scale);
        Calibrate(model, graph);
        Promise(model, graph);
        Assert.Equal(1, model.Equalize().Rounds);
    }

    public static TheoryData<string, QConfig, int> Configurations => new()
    {
        { "learned", new() { Weight = new() { Kind = FakeQuantKind.Lsq }, Activation = new() { Kind = FakeQuantKind.Lsq } }, 5 },
        { "averaged", new() { Weight = new() { AveragingConstant = 0.1 } }, 5 },
        { "histograms", new() { Activation = new() { Observer = new ObserverSettings.Histogram() } }, 5 },
        { "limits", new() { Activation = new() { Kind = FakeQuantKind.Pact } }, 0 },
        { "fixed", new() { Rules = [new(Selector.Path("dw")) { Activation = new() { Observer = new ObserverSettings.FixedScale(0.05) } }] }, 4 },
        { "fixed weights", new() { Rules = [new(Selector.Path("dw")) { Weight = new() { Observer = new ObserverSettings.FixedScale(0.05) } }] }, 3 },
    };

    [Theory]
    [MemberData(nameof(Configurations))]
    public void Equalize_EachConfiguration_ScalesWhatFollows(string name, QConfig config, int pairs)
    {
        var graph = Net("depthwise");
        var model = Nets.Calibrated(graph, config: config);
        model.SetState(FakeQuantState.Validation);
        model.call(Nets.Batch(graph)[0]);
        model.SetState(FakeQuantState.Float);
        var x = Nets.Batch(graph, 4)[0];
        var expected = model.call(x);
        Assert.True(model.Equalize().Pairs.Count == pairs, name);
        Close(expected, model.call(x));
        Calibrate(model, graph);
        Promise(model, graph);
    }

    [Fact]
    public void Equalize_BehindAdaRound_LeavesFrozenWeights()
    {
        var graph = Net("depthwise");
        var model = Nets.Calibrated(graph, config: new() { Weight = new() { Bits = 3 } });
        model.AdaRound([.. Enumerable.Range(0, 2).Select(_ => Nets.Batch(graph, 16)[0])], new() { Iterations = 100, LearningRate = 0.05 }, null, Selector.Path("pw"));
        Assert.Equal(["a dw", "b fc", "fc head"], model.Equalize().Pairs.Select(static p => $"{p.First} {p.Second}"));
    }

    [Fact]
    public void Equalize_BadInput_IsRefused()
    {
        var model = Nets.Calibrated(Net("residual"));
        Assert.Equal(QuantizationRules.SettingOutOfRange, Assert.Throws<QatGenException>(() => model.Equalize(0)).Violations.Single().Rule);
        var unshaped = new Unshaped();
        Assert.Equal(ShapeRules.ShapeNeeded, Assert.Throws<QatGenException>(() => unshaped.Equalize()).Violations.Single().Rule);
    }

    /// <summary>Makes channels 0, 1, ... of a layer 1 to 100 times as large and what reads them as much smaller, which no batch norm undoes.</summary>
    private static void Spoil(Dictionary<string, Tensor> state, string layer)
    {
        var (scaled, bias) = state.ContainsKey(layer + "_bn.weight") ? (layer + "_bn.weight", layer + "_bn.bias") : (layer + ".weight", layer + ".bias");
        var channels = state[scaled].shape[0];
        var factors = pow(100, arange(channels) / (double)channels);
        state[scaled] = state[scaled] * factors.reshape([-1, .. state[scaled].shape.Skip(1).Select(static _ => 1L)]);
        state[bias] = state[bias] * factors;
        var reader = layer switch { "a" => "dw", "dw" => "pw", "pw" => "b", "b" => "fc", _ => "head" };
        var weight = state[reader + ".weight"];
        var perColumn = weight.shape[1] == 1 ? factors.reshape(-1, 1, 1, 1) : factors.reshape([1, -1, .. weight.shape.Skip(2).Select(static _ => 1L)]);
        state[reader + ".weight"] = weight / perColumn;
    }

    private static Graph Net(string name)
    {
        static Node Call(string op, string path, int x, params (string, Value)[] arguments) => Nets.Call(op, path, x) with { Attributes = new(arguments.Select(static a => new KeyValuePair<string, Value>(a.Item1, a.Item2))) };
        static Node Layer(string op, string path, int x, int input, int output, int kernel, int stride = 1, int groups = 1) => Call(
            op, path, x, ("in_channels", input), ("out_channels", output), ("kernel_size", kernel), ("stride", stride), ("padding", kernel / 2), ("groups", groups), ("bias", true));
        return name switch
        {
            "residual" => Nets.Residual(),
            "depthwise" => Nets.Of(
                [1, 3, 12, 12],
                Nets.Conv("a", 0, 3, 16), Nets.Call("BatchNorm2d", "a_bn", 1), Nets.Call("ReLU", "a_relu", 2),
                Nets.Conv("dw", 3, 16, 16, groups: 16, stride: 2), Nets.Call("BatchNorm2d", "dw_bn", 4), Nets.Call("ReLU", "dw_relu", 5),
                Nets.Conv("pw", 6, 16, 24, kernel: 1), Nets.Call("BatchNorm2d", "pw_bn", 7), Nets.Call("ReLU", "pw_relu", 8), Call("MaxPool2d", "max", 9, ("kernel_size", 2)),
                Nets.Conv("b", 10, 24, 12, bias: true), Nets.Call("ReLU", "b_relu", 11), Nets.Pool("pool", 12), Nets.Call("Flatten", "flatten", 13),
                Nets.Linear("fc", 14, 12, 20), Nets.Call("ReLU", "fc_relu", 15), Nets.Linear("head", 16, 20, 10)),
            "groups" => Nets.Of([1, 6, 5, 5], Nets.Conv("a", 0, 6, 8, groups: 2, bias: true), Nets.Call("ReLU", "relu", 1), Nets.Conv("b", 2, 8, 12, groups: 4, bias: true), Nets.Conv("c", 3, 12, 6, groups: 3, bias: true)),
            "transposed" => Nets.Of(
                [1, 4, 5, 5], Layer("ConvTranspose2d", "a", 0, 4, 6, 3, 2), Nets.Call("ReLU", "relu", 1), Layer("ConvTranspose2d", "b", 2, 6, 8, 4, 2, groups: 2), Nets.Conv("c", 3, 8, 5, bias: true)),
            "rows" => Nets.Of([1, 4, 9], Layer("Conv1d", "a", 0, 4, 6, 3), Nets.Call("ReLU", "relu", 1), Layer("Conv1d", "b", 2, 6, 5, 3)),
            "volumes" => Nets.Of([1, 2, 4, 5, 5], Layer("Conv3d", "a", 0, 2, 6, 3), Nets.Call("ReLU", "relu", 1), Layer("Conv3d", "b", 2, 6, 5, 1)),
            "sequences" => Nets.Of([1, 7, 9], Nets.Linear("a", 0, 9, 16), Nets.Call("ReLU", "relu", 1), Nets.Linear("b", 2, 16, 5)),
            "leaky" => Nets.Of([1, 4, 6, 6], Nets.Conv("a", 0, 4, 6, bias: true), Call("LeakyReLU", "leaky", 1, ("negative_slope", 0.1)), Nets.Conv("b", 2, 6, 5, bias: true)),
            "limited" => Nets.Of([1, 4, 6, 6], Nets.Conv("a", 0, 4, 6, bias: true), Nets.Call("ReLU6", "relu", 1), Nets.Conv("b", 2, 6, 5, bias: true)),
            "read twice" => Nets.Of([1, 4, 6, 6], Nets.Conv("a", 0, 4, 6, bias: true), Nets.Conv("b", 1, 6, 6, bias: true), Nets.Call("Mul", "mul", 1, 2)),
            "two channels in one" => Nets.Of([1, 4, 6, 6], Nets.Conv("a", 0, 4, 6, bias: true), Call("AvgPool2d", "avg", 1, ("kernel_size", 2)), Call("Flatten", "flatten", 2), Nets.Linear("b", 3, 54, 5), Nets.Linear("c", 3, 54, 5), Nets.Call("Add", "add", 4, 5)),
            "table" => Nets.Of([1, 4, 6, 6], Nets.Conv("a", 0, 4, 6, bias: true), Nets.Call("Tanh", "tanh", 1), Nets.Conv("b", 2, 6, 5, bias: true)),
            _ => Nets.Of([1, 4, 6, 6], Nets.Conv("a", 0, 4, 6, bias: true), Nets.Conv("b", 1, 6, 5, bias: true)) is var chain ? chain with { Outputs = new(1, 2) } : null!,
        };
    }

    private static void Calibrate(GraphQat model, Graph graph)
    {
        manual_seed(10);
        model.Calibrate(Enumerable.Range(0, 4).Select(_ => Nets.Batch(graph, 16)));
    }

    private static void Close(Tensor expected, Tensor actual, double tolerance = 1e-5) => Assert.InRange(((expected - actual).abs().max() / expected.abs().max()).item<float>(), 0, tolerance);

    private static void Promise(GraphQat model, Graph graph)
    {
        var (fixedPoint, x) = (model.ConvertToFixedPoint(), Nets.Batch(graph, 2, 1.2));
        Assert.Equal(NaivePrimitives.Run(fixedPoint, Nets.Quantized(fixedPoint.Signature, x)), model.ValidationIntegers(x).Data.Select(static v => (long)v));
    }

    /// <summary>A model that knows no shape of its input.</summary>
    private sealed class Unshaped : nn.Module<Tensor, Tensor>, IQatModule
    {
        public Unshaped() : base(nameof(Unshaped))
        {
            Model = new(this, nameof(Unshaped), March.Bayes);
            Model.Input("x");
        }

        public QatModel Model { get; }

        public QatValue[] Program(QatValue[] inputs) => inputs;

        public FixedPointModel CreateFixedPoint(Signature signature, IReadOnlyList<Primitives.Constant> constants) => throw new NotSupportedException();

        public override Tensor forward(Tensor input) => input;
    }
}
