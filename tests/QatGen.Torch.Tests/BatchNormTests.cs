using QatGen.Graphs;
using QatGen.Operators;
using static TorchSharp.torch;

namespace QatGen.Torch.Tests;

/// <summary>Batch norms that stay live: each mode trains as batch norm does and validates as the folded convolution.</summary>
public sealed class BatchNormTests : IDisposable
{
    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();

    public static TheoryData<string, string, BatchNormMode> Examples
    {
        get
        {
            var all = new TheoryData<string, string, BatchNormMode>();
            foreach (var op in Catalogue.All.Where(static o => o.Fusion == Fusion.ConvLike))
            {
                foreach (var example in op.Examples().Where(static e => e.Nodes.Count == 1 && (e.Node.Operator != "Linear" || e.InputShapes.All(static s => s.Count == 2))))
                {
                    all.Add(op.Name, example.Name, BatchNormMode.WithBN);
                    all.Add(op.Name, example.Name, BatchNormMode.WithBNReverseFold);
                }
            }

            return all;
        }
    }

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(Examples))]
    public void ValidationIntegers_EachMode_EqualTheFoldedModelsAndTheProgram(string op, string example, BatchNormMode mode)
    {
        var graph = WithNorm(Example(op, example));
        var state = Nets.State(graph);
        state["bn.weight"][0] = -0.75;
        var live = new GraphQat(graph, state, new() { BatchNormMode = mode });
        Train(live, graph);
        var folded = Folded(live, graph);
        var fixedPoint = live.ConvertToFixedPoint();
        var x = Nets.Batch(graph, 2, 1.5);
        var expected = folded.ValidationIntegers(x).Data;
        Assert.Equal(expected, live.ValidationIntegers(x).Data);
        Assert.Equal(expected.Select(static v => (long)v), NaivePrimitives.Run(fixedPoint, Nets.Quantized(fixedPoint.Signature, x)));
        Assert.Contains(expected, static v => v != 0);
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void Call_FloatInTraining_IsBatchNormOfThePlainSums(string op, string example, BatchNormMode mode)
    {
        var plain = Alone(Example(op, example));
        var graph = WithNorm(plain);
        var state = Nets.State(graph);
        var plainState = state.Where(static p => !p.Key.StartsWith("bn", StringComparison.Ordinal)).ToDictionary(static p => p.Key, static p => p.Value);
        var live = new GraphQat(graph, state, new() { BatchNormMode = mode, Activation = new() { AveragingConstant = 1 } });
        live.train();
        var x = Nets.Batch(graph, 3);
        var (mean, variance) = (state["bn.running_mean"].clone(), state["bn.running_var"].clone());
        var expected = nn.functional.batch_norm(new GraphQat(plain, plainState).call(x[0]), mean, variance, state["bn.weight"], state["bn.bias"], training: true);
        Close(expected, live.call(x[0]), 1e-4);
        Close(mean, live.state_dict()["bn.running_mean"], 1e-5);
        Close(variance, live.state_dict()["bn.running_var"], 1e-5);

        // In QAT the same but for the rounding of inputs, weights and outputs.
        live.Calibrate([x[0].clone()]);
        live.SetState(FakeQuantState.Qat);
        var rounded = live.call(x[0]);
        Assert.InRange((rounded - expected).abs().mean().item<float>(), 0, 0.03 * expected.abs().max().item<float>());

        live.eval();
        live.SetState(FakeQuantState.Float);
        var (evaluated, before) = (live.call(x[0]), live.state_dict()["bn.running_var"].clone());
        Close(Folded(live, graph).call(x[0]), evaluated, 1e-5);
        Assert.True(before.equal(live.state_dict()["bn.running_var"]).all().item<bool>());
    }

    [Fact]
    public void Constructor_LiveNorms_HaveTheFloatModelsKeys()
    {
        var keys = new GraphQat(Nets.Residual(), Nets.State(Nets.Residual()), new() { BatchNormMode = BatchNormMode.WithBN }).state_dict().Keys.ToHashSet();
        foreach (var norm in new[] { "stem.bn", "block.bn1", "block.bn2", "block.down_bn", "deep.bn" })
        {
            Assert.Superset(new HashSet<string> { norm + ".weight", norm + ".bias", norm + ".running_mean", norm + ".running_var", norm + ".num_batches_tracked" }, keys);
        }

        Assert.Contains("stem.conv.weight", keys);
        Assert.Contains("stem.conv.bias", keys);
    }

    [Theory]
    [InlineData(BatchNormMode.WithBN)]
    [InlineData(BatchNormMode.WithBNReverseFold)]
    public void Step_LiveNorms_LearnsAndStaysLearnedInIntegers(BatchNormMode mode)
    {
        manual_seed(1);
        var graph = Nets.Residual();
        var model = new GraphQat(graph, Nets.State(graph), new() { BatchNormMode = mode });
        var (x, t) = Patterns(64);
        model.Calibrate([x.clone()]);
        model.SetState(FakeQuantState.Qat);
        model.train();
        using var optimizer = optim.SGD(model.parameters(), 0.05, momentum: 0.9);
        for (var i = 0; i < 60; i++)
        {
            using var step = NewDisposeScope();
            optimizer.zero_grad();
            nn.functional.cross_entropy(model.call(x), t).backward();
            optimizer.step();
            (x, t) = (x.MoveToOuterDisposeScope(), t.MoveToOuterDisposeScope());
        }

        model.eval();
        model.SetState(FakeQuantState.Validation);
        var (y, labels) = Patterns(200);
        Assert.InRange((model.call(y).argmax(1) == labels).sum().item<long>(), 180, 200);
        var fixedPoint = model.ConvertToFixedPoint();
        Assert.Equal(NaivePrimitives.Run(fixedPoint, Nets.Quantized(fixedPoint.Signature, y[..4])), model.ValidationIntegers(y[..4]).Data.Select(static v => (long)v));
    }

    [Fact]
    public void Constructor_LearnedScaleOfRawWeights_IsRefused_AndThatOfFoldedOnesTrains()
    {
        var graph = Nets.Residual();
        QConfig Config(BatchNormMode mode, WeightSettings weight) => new() { BatchNormMode = mode, Weight = weight };
        foreach (var weight in new WeightSettings[] { new() { Kind = FakeQuantKind.Lsq }, new() { AveragingConstant = 0.1 }, new() { Observer = new Observers.ObserverSettings.FixedScale(0.01) } })
        {
            var violations = Assert.Throws<QatGenException>(() => Nets.Calibrated(graph, config: Config(BatchNormMode.WithBN, weight))).Violations;
            Assert.Equal(5, violations.Count(static v => v.Rule == TrainingRules.RawScale));
            var model = Nets.Calibrated(graph, config: Config(BatchNormMode.WithBNReverseFold, weight));
            Train(model, graph);
            var (fixedPoint, x) = (model.ConvertToFixedPoint(), Nets.Batch(graph));
            Assert.Equal(NaivePrimitives.Run(fixedPoint, Nets.Quantized(fixedPoint.Signature, x)), model.ValidationIntegers(x).Data.Select(static v => (long)v));
        }
    }

    [Theory]
    [InlineData(BatchNormMode.FuseBN)]
    [InlineData(BatchNormMode.WithBN)]
    public void Call_LinearOfARowWithNorm_IsAnErrorBecauseTheNormIsOfAnotherAxis(BatchNormMode mode)
    {
        var graph = Nets.Of([1, 5], Nets.Linear("fc", 0, 5, 5), Nets.Call("BatchNorm1d", "bn", 1)) with { Inputs = new(new GraphInput("x", Seq<int>.Empty, 0)) };
        var model = new GraphQat(graph, Nets.State(graph), new() { BatchNormMode = mode });
        Assert.Equal([2, 5], model.call(randn(2, 5)).shape);
        var violation = Assert.Throws<QatGenException>(() => model.call(randn(2, 5, 5))).Violations.Single();
        Assert.Equal((ShapeRules.LayerInput, "fc"), (violation.Rule, violation.Layer));
    }

    [Fact]
    public void FreezeBatchNorm_Training_KeepsStatisticsAndGivesValidationsIntegers()
    {
        var graph = Nets.Residual();
        var model = Nets.Calibrated(graph, config: new() { BatchNormMode = BatchNormMode.WithBN, Activation = new() { AveragingConstant = 0 } });
        model.SetState(FakeQuantState.Qat);
        model.train();
        var x = Nets.Batch(graph, 4)[0];
        model.FreezeBatchNorm();
        var before = model.state_dict()["block.bn1.running_mean"].clone();
        var trained = model.call(x);
        Assert.True(before.equal(model.state_dict()["block.bn1.running_mean"]).all().item<bool>());
        trained.sum().backward();
        Assert.NotEqual(0, model.Model.Nodes[0].BatchNorm!.Gamma!.grad!.abs().max().item<float>());
        model.SetState(FakeQuantState.Validation);
        Assert.True(trained.equal(model.call(x)).all().item<bool>());

        model.SetState(FakeQuantState.Qat);
        model.FreezeBatchNorm(false);
        model.call(x);
        Assert.False(before.equal(model.state_dict()["block.bn1.running_mean"]).all().item<bool>());
        Assert.Equal(TrainingRules.NoLiveNorm, Assert.Throws<QatGenException>(() => Nets.Calibrated(graph).FreezeBatchNorm()).Violations.Single().Rule);
    }

    [Theory]
    [InlineData(BatchNormMode.WithBN)]
    [InlineData(BatchNormMode.WithBNReverseFold)]
    public void EstimateBatchNorm_TwoBatches_IsTheMeanOfTheirStatistics(BatchNormMode mode)
    {
        var graph = Nets.Of([1, 3, 8, 8], Nets.Conv("conv", 0, 3, 6), Nets.Call("BatchNorm2d", "bn", 1), Nets.Call("ReLU", "relu", 2), Nets.Conv("last", 3, 6, 2));
        var model = Nets.Calibrated(graph, config: new() { BatchNormMode = mode });
        model.SetState(FakeQuantState.Qat);
        var scale = model.Model.Nodes[0].OutputQuantizer!.Scale;
        Tensor[] batches = [randn(16, 3, 8, 8), randn(16, 3, 8, 8) + 0.5];
        var sums = batches.Select(b => nn.functional.conv2d(b, model.Model.Nodes[0].Weight!, padding: [1, 1])).ToArray();
        Assert.Equal(2, model.EstimateBatchNorm(batches.Select(static b => b.clone())));
        var state = model.state_dict();
        Close(stack(sums.Select(static s => s.mean([0, 2, 3]))).mean([0]), state["bn.running_mean"], 0.02);
        Close(stack(sums.Select(static s => s.transpose(0, 1).flatten(1).var(1))).mean([0]), state["bn.running_var"], 0.02);
        Assert.Equal(2, state["bn.num_batches_tracked"].item<long>());
        Assert.Equal((FakeQuantState.Qat, scale), (model.Model.State, model.Model.Nodes[0].OutputQuantizer!.Scale));
    }

    [Fact]
    public void EstimateBatchNorm_NoOrBadData_IsAnErrorAndChangesNothing()
    {
        var graph = Nets.Residual();
        var model = Nets.Calibrated(graph, config: new() { BatchNormMode = BatchNormMode.WithBN });
        var before = model.state_dict().ToDictionary(static p => p.Key, static p => p.Value.clone());
        Assert.Equal(TrainingRules.NoData, Assert.Throws<QatGenException>(() => model.EstimateBatchNorm(Array.Empty<Tensor>())).Violations.Single().Rule);
        var bad = randn(2, 1, 12, 12);
        bad[1, 0, 3, 3] = float.NaN;
        Assert.Equal(QuantizationRules.NotANumber, Assert.Throws<QatGenException>(() => model.EstimateBatchNorm([randn(2, 1, 12, 12), bad])).Violations.Single().Rule);
        Assert.All(model.state_dict().Where(static p => p.Key.Contains("bn", StringComparison.Ordinal)), p => Assert.True(p.Value.equal(before[p.Key]).all().item<bool>(), p.Key));
        Assert.Equal(FakeQuantState.Float, model.Model.State);
    }

    [Theory]
    [InlineData(FakeQuantState.Float)]
    [InlineData(FakeQuantState.Qat)]
    public void Call_OneValuePerChannelInTraining_NamesTheNorm(FakeQuantState state)
    {
        var graph = Nets.Of([1, 5], Nets.Linear("fc", 0, 5, 4), Nets.Call("BatchNorm1d", "bn", 1));
        var model = Nets.Calibrated(graph, config: new() { BatchNormMode = BatchNormMode.WithBN });
        model.SetState(state);
        model.train();
        var violation = Assert.Throws<QatGenException>(() => model.call(randn(1, 5))).Violations.Single();
        Assert.Equal((TrainingRules.OneValue, "bn"), (violation.Rule, violation.Layer));
        model.eval();
        Assert.Equal([1, 4], model.call(randn(1, 5)).shape);
    }

    [Theory]
    [InlineData(BatchNormMode.FuseBN)]
    [InlineData(BatchNormMode.WithBN)]
    [InlineData(BatchNormMode.WithBNReverseFold)]
    public void ValidationIntegers_ChannelWithoutGain_IsItsBeta(BatchNormMode mode)
    {
        var graph = Nets.Of([1, 3, 8, 8], Nets.Conv("conv", 0, 3, 6), Nets.Call("BatchNorm2d", "bn", 1), Nets.Conv("last", 2, 6, 2));
        var state = Nets.State(graph);
        state["bn.weight"][2] = 1e-12;
        var model = new GraphQat(graph, state, new() { BatchNormMode = mode });
        model.Calibrate([Nets.Batch(graph)]);
        model.SetState(FakeQuantState.Qat);
        model.train();
        model.call(Nets.Batch(graph)[0]).sum().backward();
        Assert.All(model.parameters(), static p => Assert.True(p.grad!.isfinite().all().item<bool>()));
        Assert.All(model.state_dict().Values, static v => Assert.True(v.to(ScalarType.Float32).isfinite().all().item<bool>()));
        model.ValidationIntegers(Nets.Batch(graph));
        var node = model.Model.Nodes[0];
        var (weight, bias) = (node.Latest.OfType<Primitives.WeightConstant>().Single(), node.Latest.OfType<Primitives.BiasConstant>().Single());
        Assert.All(weight.Values.Skip(2 * 27).Take(27), static v => Assert.Equal(0, v));
        var beta = mode == BatchNormMode.FuseBN ? state["bn.bias"][2].item<float>() : node.BatchNorm!.Beta![2].item<float>();
        Assert.Equal(beta, bias.Values[2] * node.WeightQuantizer!.Scales[2] * model.Model.Inputs[0].Quantizer.Scale, 1e-4);
    }

    [Fact]
    public void Load_CheckpointOfAnotherMode_SaysSo()
    {
        var folder = Directory.CreateTempSubdirectory("qatgen");
        try
        {
            var (graph, file) = (Nets.Residual(), Path.Combine(folder.FullName, "net.qat"));
            GraphQat Make(BatchNormMode mode) => Nets.Calibrated(graph, config: new() { BatchNormMode = mode });
            var live = Make(BatchNormMode.WithBN);
            live.Save(file);
            var violations = Assert.Throws<QatGenException>(() => Make(BatchNormMode.FuseBN).Load(file)).Violations;
            Assert.Equal(["WithBN", "FuseBN"], violations.Single(static v => v.Rule == TrainingRules.NormsDiffer).Arguments);
            Assert.Contains(violations, static v => v.Rule == QuantizationRules.ParameterExtra && v.Layer == "stem.bn");

            // The two live modes hold the same, and validate the same.
            var other = Make(BatchNormMode.WithBNReverseFold);
            other.Load(file);
            var x = Nets.Batch(graph);
            Assert.Equal(live.ValidationIntegers(x).Data, other.ValidationIntegers(x).Data);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Graph Example(string op, string example) => Nets.Of(Catalogue.Get(op).Examples().First(e => e.Name == example));

    /// <summary>The graph of one node without what was fused into it, on its first input.</summary>
    private static Graph Alone(Graph graph) => graph with
    {
        Inputs = new(graph.Inputs[0]),
        Outputs = new(1),
        Nodes = new(graph.Nodes.Single() with { Absorbed = Seq<Node>.Empty, Inputs = new(0), Output = OutputKind.Quantized }),
    };

    /// <summary>The graph of one node with a batch norm before whatever else was fused into it.</summary>
    private static Graph WithNorm(Graph graph)
    {
        var node = graph.Nodes.Single();
        return graph with { Nodes = new(node with { Absorbed = new([Nets.Call("BatchNorm2d", "bn", 0), .. node.Absorbed]) }) };
    }

    /// <summary>A few steps in QAT, so that scales, statistics and parameters are no longer those of the start.</summary>
    private static void Train(GraphQat model, Graph graph)
    {
        model.Model.Module.train();
        model.SetState(FakeQuantState.Qat);
        using var optimizer = optim.SGD(model.parameters(), 0.01);
        for (var i = 0; i < 3; i++)
        {
            optimizer.zero_grad();
            model.Model.Forward(Nets.Batch(graph, 3)).Aggregate(zeros(1), static (sum, y) => sum + y.square().mean()).backward();
            optimizer.step();
        }
    }

    /// <summary>A folded model of what a live one has learned, with the scales of its activations.</summary>
    private static GraphQat Folded(GraphQat live, Graph graph)
    {
        var state = live.state_dict();
        var names = Nets.State(graph).Keys.ToHashSet();
        Assert.Subset(state.Keys.Concat(["fc.weight", "conv.weight"]).ToHashSet(), names.Where(static n => n.StartsWith("bn", StringComparison.Ordinal)).ToHashSet());
        var transposed = Nets.State(graph).ToDictionary(static p => p.Key, static p => p.Value.shape);
        var floats = names.ToDictionary(static n => n, n => n.EndsWith("weight", StringComparison.Ordinal) && !n.StartsWith("bn", StringComparison.Ordinal)
            ? Raw(live, state[n].detach(), transposed[n]) : state[n].detach());

        // A bias that the module does not declare, but that training moved, goes into the mean.
        var bias = graph.Nodes[0].BiasName;
        if (!names.Contains(bias))
        {
            floats["bn.running_mean"] = floats["bn.running_mean"] - state[bias].detach();
        }

        var folded = new GraphQat(graph, floats);
        foreach (var (key, value) in folded.state_dict().Where(static p => p.Key.Contains("output_quant", StringComparison.Ordinal)))
        {
            value.copy_(state[key]);
        }

        return folded;
    }

    /// <summary>The weights as the float model has them: those of a transposed convolution [I, O / groups, ...].</summary>
    private static Tensor Raw(GraphQat live, Tensor weight, long[] shape)
    {
        var role = live.Model.Nodes[0].WeightRole;
        return role.Layout is null ? weight.reshape(shape)
            : weight.reshape([role.Groups, shape[1], shape[0] / role.Groups, .. shape[2..]]).transpose(1, 2).reshape(shape).contiguous();
    }

    /// <summary>Noise on rows, columns, a checkerboard or a bright field, which is the label.</summary>
    private static (Tensor X, Tensor Label) Patterns(int count)
    {
        var (row, column) = (arange(12).remainder(2).reshape(12, 1), arange(12).remainder(2).reshape(1, 12));
        var patterns = stack([row + zeros(12, 12), column + zeros(12, 12), (row + column).remainder(2) + zeros(12, 12), ones(12, 12)]);
        var label = randint(0, 4, [count]);
        return ((patterns[label] + (randn(count, 12, 12) * 0.3)).reshape(count, 1, 12, 12), label);
    }

    private static void Close(Tensor expected, Tensor actual, double tolerance) =>
        Assert.True((expected - actual).abs().max().item<float>() <= tolerance * expected.abs().max().item<float>(), $"{(expected - actual).abs().max().item<float>()} of {expected.abs().max().item<float>()}");
}
