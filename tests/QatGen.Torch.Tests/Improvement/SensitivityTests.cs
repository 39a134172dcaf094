using QatGen.Graphs;
using QatGen.Torch.Improvement;
using QatGen.Torch.Observers;
using static TorchSharp.torch;

namespace QatGen.Torch.Tests.Improvement;

public sealed class SensitivityTests : IDisposable
{
    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();
    private readonly Graph _graph = Nets.Residual();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(SensitivityMetric.Cosine)]
    [InlineData(SensitivityMetric.L1)]
    [InlineData(SensitivityMetric.MeanSquare)]
    [InlineData(SensitivityMetric.SQNR)]
    public void AnalyzeSensitivity_PlantedBadQuantizers_AreFirst(SensitivityMetric metric)
    {
        var config = new QConfig
        {
            Rules = [new(Selector.Path("block.conv1")) { Activation = new() { Observer = new ObserverSettings.FixedScale(3) } }, new(Selector.Path("deep.point")) { Weight = new() { Bits = 2 } }],
        };
        var model = Nets.Calibrated(_graph, config: config);
        var done = new List<int>();
        var report = model.AnalyzeSensitivity(Data(), metric, done.Add);
        Assert.Equal([1, 2, 3], done);
        Assert.Equal(["block.conv1 Activation", "block.conv1 Both", "deep.point Both", "deep.point Weight"], report.Rows.Take(4).Select(static r => $"{r.Layer} {r.Type}").Order());
        Assert.Equal(report.Rows.Select(r => r.By(metric)).OrderDescending(), report.Rows.Select(r => r.By(metric)));
        Assert.Equal("block.conv1", report.Table[0].Key);
        Assert.Equal("block.conv1", Assert.Single(QTemplates.Sensitive(report.Table, 1)).Selector.ToString().Split('\'')[1]);

        // The input, seven layers with weights of which six have a scale, and the pool.
        Assert.Equal((8, 7, 6), (Count(SensitivityType.Activation), Count(SensitivityType.Weight), Count(SensitivityType.Both)));
        int Count(SensitivityType type) => report.Rows.Count(r => r.Type == type);
    }

    [Fact]
    public void AnalyzeSensitivity_OneThing_IsTheFloatModelWithThatThingRounded()
    {
        var model = Nets.Calibrated(_graph, config: new() { Weight = new() { Bits = 4 } });
        manual_seed(3);
        var x = randn(16, 1, 12, 12);
        var report = model.AnalyzeSensitivity([x.clone()]);
        var real = model.call(x);

        var scale = model.Model.Inputs[0].Quantizer.Scale;
        Same(report.Rows.Single(static r => r.Operator == "input"), model.call(((x / scale) + 0.5).floor().clamp(-128, 127) * scale));

        model.SetState(FakeQuantState.Validation);
        model.call(x);
        model.SetState(FakeQuantState.Float);
        var conv = model.Model.Nodes.Single(static n => n.Node.Path == "block.conv2");
        var steps = tensor(conv.WeightQuantizer!.Scales.Select(static s => (double)s).ToArray()).reshape(-1, 1, 1, 1);
        var (weight, other) = (conv.Weight!.detach().to(ScalarType.Float64), new GraphQat(_graph, Nets.State(_graph)));
        using (no_grad())
        {
            other.Model.Nodes.Single(static n => n.Node.Path == "block.conv2").Weight!.copy_(((weight / steps) + 0.5).floor().clamp(-8, 7) * steps);
        }

        Same(report.Rows.Single(static r => r is { Layer: "block.conv2", Type: SensitivityType.Weight }), other.call(x));

        // The model up to its pool, rounded, and the linear layer behind it.
        var count = _graph.Nodes.Index().Single(static n => n.Item.Path == "pool").Index + 1;
        var state = Nets.State(_graph).Where(static p => !p.Key.StartsWith("fc", StringComparison.Ordinal)).ToDictionary();
        var features = new GraphQat(_graph with { Nodes = new([.. _graph.Nodes.Take(count)]), Outputs = new(count) }, state).call(x).flatten(1).to(ScalarType.Float64);
        double pool = model.Model.Nodes.Single(static n => n.Node.Path == "pool").OutputQuantizer!.Scale;
        var fc = model.Model.Nodes.Single(static n => n.Node.Path == "fc");
        Same(report.Rows.Single(static r => r.Layer == "pool"), (((features / pool) + 0.5).floor().clamp(-128, 127) * pool).matmul(fc.Weight!.reshape(10, 32).T.to(ScalarType.Float64)) + fc.Bias!);

        void Same(Sensitivity row, Tensor changed)
        {
            var (a, b) = (real.to(ScalarType.Float64), changed.to(ScalarType.Float64));
            var error = (a - b).square();
            Assert.True(Math.Abs(((a - b).abs().mean().item<double>() / row.L1) - 1) < 1e-3, $"{(a - b).abs().mean().item<double>()} {row}");
            Assert.InRange(row.MeanSquare / error.mean().item<double>(), 0.999, 1.001);
            Assert.Equal(10 * Math.Log10((a.square().sum() / error.sum()).item<double>()), row.SQNR, 1e-2);
            Assert.InRange(row.Cosine / (1 - ((a * b).sum() / (a.norm() * b.norm())).item<double>()), 0.999, 1.001);
        }
    }

    [Fact]
    public void AnalyzeSensitivity_AnyState_LeavesTheModelAsItWas()
    {
        var model = Nets.Calibrated(_graph);
        model.SetState(FakeQuantState.Qat);
        model.SetState(FakeQuantState.Float, Selector.Under("block"));
        model.train();
        var before = model.state_dict().Where(static p => !p.Key.EndsWith("weight_quant.scale", StringComparison.Ordinal)).ToDictionary(static p => p.Key, static p => p.Value.clone());
        model.Promote(model.AnalyzeSensitivity(Data()), PromotionBudget.Operators(2));
        Assert.True(model.training);
        Assert.Equal(FakeQuantState.Qat, model.Model.State);
        Assert.True(model.Model.Session.IsMixed);
        Assert.All(before, p => Assert.True(p.Value.equal(model.state_dict()[p.Key]).all().item<bool>(), p.Key));
        Assert.All(model.Model.Quantizers, static q => Assert.Equal(DType.QInt8, q.Quantizer.DType));
    }

    [Fact]
    public void Promote_MostSensitive_GivesRulesOfAModelWithLessError()
    {
        var graph = _graph with { March = March.NashE };
        GraphQat Calibrated(params IEnumerable<QRule> rules)
        {
            var calibrated = new GraphQat(graph, Nets.State(graph), new() { Activation = new() { Observer = new ObserverSettings.MinMax() }, Rules = [.. rules] });
            calibrated.Calibrate(Data());
            return calibrated;
        }

        var model = Calibrated();
        var report = model.AnalyzeSensitivity(Data(), SensitivityMetric.SQNR);
        var promotion = model.Promote(report, PromotionBudget.Operators(3));
        Assert.Equal(report.Rows.Where(static r => r.Type == SensitivityType.Activation).Take(3).Select(static r => r.Layer), promotion.Operators.Select(static o => o.Layer));
        Assert.All(promotion.Operators, static o => Assert.True(o.IsPromoted, o.Reason));
        var better = Calibrated(promotion.Rules);
        Assert.Equal(promotion.Operators.Select(static o => o.Layer).Order(), better.Model.Quantizers.Where(static q => q.Quantizer.DType == DType.QInt16).Select(static q => q.Quantizer.Layer).Order());
        Assert.True(Error(better) < 0.8 * Error(model), $"{Error(better)} {Error(model)}\n{report}\n{promotion}");
        var (fixedPoint, x) = (better.ConvertToFixedPoint(), Nets.Batch(graph, 4));
        Assert.Equal(NaivePrimitives.Run(fixedPoint, Nets.Quantized(fixedPoint.Signature, x)), better.ValidationIntegers(x).Data.Select(static v => (long)v));
        Assert.Equal("it is qint16", better.Promote(report, PromotionBudget.Operators(3)).Operators[0].Reason);
    }

    public static TheoryData<FakeQuantKind, int> FewBits => new() { { FakeQuantKind.Statistical, 2 }, { FakeQuantKind.Statistical, 3 }, { FakeQuantKind.Lsq, 3 } };

    [Theory]
    [MemberData(nameof(FewBits))]
    public void Promote_WeightsThatHurtMoreThanResults_GetMoreBits(FakeQuantKind kind, int bits)
    {
        var graph = _graph with { March = March.NashE };
        GraphQat Calibrated(params IEnumerable<QRule> rules)
        {
            var calibrated = new GraphQat(graph, Nets.State(graph), new() { Weight = new() { Bits = bits, Kind = kind }, Rules = [.. rules] });
            calibrated.Calibrate(Data());
            return calibrated;
        }

        var model = Calibrated();
        var report = model.AnalyzeSensitivity(Data());
        var (before, x) = (model.state_dict().ToDictionary(static p => p.Key, static p => p.Value.clone()), Nets.Batch(graph, 4));
        var integers = model.ValidationIntegers(x).Data;
        var promotion = model.Promote(report, PromotionBudget.Operators(4));
        Assert.Equal(integers, model.ValidationIntegers(x).Data);
        Assert.All(before, p => Assert.True(p.Value.equal(model.state_dict()[p.Key]).all().item<bool>(), p.Key));

        // Of so few bits the weights are what hurts, in the order of the report.
        Assert.Equal(report.Rows.Where(static r => r.Type == SensitivityType.Weight).Take(4).Select(static r => r.Layer), promotion.Operators.Select(static o => o.Layer));
        Assert.All(promotion.Operators, static o => Assert.True(o is { Type: SensitivityType.Weight, Becomes: "8 bits", IsPromoted: true }, o.ToString()));
        var better = Calibrated(promotion.Rules);
        Assert.Equal(
            promotion.Operators.Select(static o => o.Layer).Order(), better.Model.Nodes.Where(static n => n.WeightQuantizer?.Settings.Range.Bits == 8).Select(static n => n.Node.Path).Order());
        Assert.All(better.Model.Quantizers, static q => Assert.Equal(DType.QInt8, q.Quantizer.DType));
        Assert.True(Error(better) < 0.6 * Error(model), $"{Error(better)} {Error(model)}\n{promotion}");
        var fixedPoint = better.ConvertToFixedPoint();
        Assert.Equal(NaivePrimitives.Run(fixedPoint, Nets.Quantized(fixedPoint.Signature, x)), better.ValidationIntegers(x).Data.Select(static v => (long)v));

        // More bits cost neither multiply-accumulates nor memory; results do.
        Assert.Equal(7, model.Promote(report, PromotionBudget.Macs(0)).Operators.Count(static o => o is { IsPromoted: true, Type: SensitivityType.Weight }));
        Assert.DoesNotContain(model.Promote(report, PromotionBudget.Memory(0)).Operators, static o => o is { IsPromoted: true, Type: SensitivityType.Activation });
        Assert.DoesNotContain(better.Promote(report, PromotionBudget.Operators(100)).Operators, o => o.Type == SensitivityType.Weight && promotion.Operators.Any(p => p.Layer == o.Layer));
    }

    [Fact]
    public void Promote_WeightsOfAFixedScaleOrAnotherModelsReport_SayWhy()
    {
        var model = Nets.Calibrated(_graph, config: new() { Weight = new() { Bits = 2, Observer = new ObserverSettings.FixedScale(0.5) } });
        var promotion = model.Promote(model.AnalyzeSensitivity(Data()), PromotionBudget.Operators(100));
        Assert.Equal(7, promotion.Operators.Count(static o => o is { Type: SensitivityType.Weight, Reason: "its scale is fixed" }));
        var other = Nets.Of([1, 1, 12, 12], Nets.Conv("other", 0, 1, 4, bias: true), Nets.Pool("end", 1));
        var report = Nets.Calibrated(other).AnalyzeSensitivity([randn(2, 1, 12, 12)]);
        var violations = Assert.Throws<QatGenException>(() => model.Promote(report, PromotionBudget.Operators(1))).Violations;
        Assert.Equal([(QuantizationRules.SelectsNothing, "layer 'end'"), (QuantizationRules.SelectsNothing, "layer 'other'")], violations.Select(static v => (v.Rule, v.Arguments[0])).Order());
    }

    [Fact]
    public void Promote_EachBudget_IsKept()
    {
        var model = Nets.Calibrated(_graph with { March = March.NashE });
        var report = model.AnalyzeSensitivity(Data());
        string[] Promoted(PromotionBudget budget) => [.. model.Promote(report, budget).Operators.Where(static o => o.IsPromoted).Select(static o => o.Layer)];
        Assert.Empty(Promoted(PromotionBudget.Operators(0)));
        Assert.Equal(8, Promoted(PromotionBudget.Operators(100)).Length);
        Assert.Equal(4, Promoted(PromotionBudget.Share(0.5)).Length);
        Assert.Equal(8, Promoted(PromotionBudget.Macs(1)).Length);
        Assert.Equal(8, Promoted(PromotionBudget.Memory(2)).Length);

        // What reads each value as qint16 (the shortcut takes up the sum), multiply-accumulates by hand, and bytes of the values.
        var macs = new Dictionary<string, int> { ["stem.conv"] = 10368, ["block.conv1"] = 41472, ["block.conv2"] = 82944, ["block.down"] = 4608, ["deep.conv"] = 1296, ["deep.point"] = 4608, ["fc"] = 320 };
        var readers = new Dictionary<string, string[]>
        {
            ["x"] = ["stem.conv"],
            ["stem.conv"] = ["block.conv1", "block.down"],
            ["block.conv1"] = ["block.conv2"],
            ["block.conv2"] = ["block.down"],
            ["block.down"] = ["deep.conv"],
            ["deep.conv"] = ["deep.point"],
            ["deep.point"] = [],
            ["pool"] = ["fc"],
        };
        var bytes = new Dictionary<string, int> { ["x"] = 144, ["stem.conv"] = 1152, ["block.conv1"] = 576, ["block.conv2"] = 576, ["block.down"] = 576, ["deep.conv"] = 144, ["deep.point"] = 288, ["pool"] = 32 };
        foreach (var share in new[] { 0.01, 0.05, 0.12, 0.2, 0.4, 0.6, 0.9 })
        {
            Assert.Equal(Greedy(share, chosen => chosen.SelectMany(l => readers[l]).Distinct().Sum(l => macs[l]) / (double)macs.Values.Sum()), Promoted(PromotionBudget.Macs(share)));

            // The flattened vector and the int32 output of the last layer count as well.
            Assert.Equal(Greedy(share, chosen => chosen.Sum(l => bytes[l]) / (double)(bytes.Values.Sum() - bytes["x"] + 32 + 40)), Promoted(PromotionBudget.Memory(share)));
        }

        Assert.Equal("over the budget of memory", model.Promote(report, PromotionBudget.Memory(0.3)).Operators.Single(static o => o.Layer == "stem.conv").Reason);

        string[] Greedy(double budget, Func<IEnumerable<string>, double> cost)
        {
            var chosen = new List<string>();
            foreach (var layer in report.Rows.Where(static r => r.Type == SensitivityType.Activation).Select(static r => r.Layer))
            {
                chosen.AddRange(cost(chosen.Append(layer)) <= budget ? [layer] : Array.Empty<string>());
            }

            return [.. chosen];
        }
    }

    [Fact]
    public void Promote_WhatTheMarchCannotDo_SaysWhy()
    {
        var model = Nets.Calibrated(_graph with { March = March.Bernoulli2 });
        var promotion = model.Promote(model.AnalyzeSensitivity(Data()), PromotionBudget.Operators(3));
        Assert.Empty(promotion.Rules);
        Assert.Equal(8, promotion.Operators.Count);
        Assert.All(promotion.Operators, static o => Assert.Contains("QG4", o.Reason, StringComparison.Ordinal));

        // BAYES has qint16, but its toolkit's transposed convolution reads qint8 only.
        var up = new Node("ConvTranspose2d", "up", new(FormKind.Module, "ConvTranspose2d"), new(2), new() { ["in_channels"] = 6, ["out_channels"] = 5, ["kernel_size"] = 2, ["stride"] = 2, ["bias"] = true });
        var graph = Nets.Of([1, 4, 6, 6], Nets.Conv("a", 0, 4, 6, bias: true), Nets.Call("ReLU", "relu", 1), up, Nets.Conv("b", 3, 5, 3, bias: true));
        var fixedInput = Nets.Calibrated(graph, config: new() { Rules = [new(Selector.Input("x")) { Activation = new() { Observer = new ObserverSettings.FixedScale(0.03) } }] });
        var report = fixedInput.AnalyzeSensitivity([Nets.Batch(graph, 4)[0]]);
        var reasons = fixedInput.Promote(report, PromotionBudget.Operators(9)).Operators.ToDictionary(static o => o.Layer, static o => o.Reason);
        Assert.Contains("QG4", reasons["a"], StringComparison.Ordinal);
        Assert.Equal(("", "its scale is fixed"), (reasons["up"], reasons["x"]));
    }

    [Fact]
    public void Promotion_OfAModule_SaysWhereAttributesBelong()
    {
        var names = new[] { "x", "head", "blocks.0.first", "blocks.1.first", "add" };
        var promotion = new Promotion([.. names.Select(static (n, i) => new PromotedOperator(n, n == "x" ? "input" : "Conv2d", SensitivityType.Activation, 1, i == 9 ? "no" : "") { Modules = n is "x" or "add" ? [] : [n] }),
            new("head", "Conv2d", SensitivityType.Weight, 1, "") { Modules = ["head"] }, new("blocks.2.first", "Conv2d", SensitivityType.Weight, 1, "") { Modules = ["blocks.0.first"] }, new("add", "Conv2d", SensitivityType.Weight, 1, ""), new("call", "Conv2d", SensitivityType.Weight, 1, ""),
            new("tail", "Conv2d", SensitivityType.Activation, 0, "the march has no qint16")]);
        Assert.Equal(
            """
            [Quantize(DType = DType.QInt16)]  // on the parameter 'x' of Tree.forward
            [Quantize(DType = DType.QInt16, WeightBits = 8)]  // on the field 'head' of Tree: head
            [Quantize(DType = DType.QInt16)]  // on the field 'first' of Leaf: blocks.0.first; also blocks.1.first
            [Quantize(DType = DType.QInt16)]  // on the field 'first' of Leaf: blocks.1.first; also blocks.0.first
            new(Selector.Path("add")) { Activation = new() { DType = DType.QInt16 }, Weight = new() { Bits = 8 } },  // a rule of QConfig: it has no field of its own
            [Quantize(WeightBits = 8)]  // on the field 'first' of Leaf: blocks.0.first; also blocks.1.first
            new(Selector.Path("call")) { Weight = new() { Bits = 8 } },  // a rule of QConfig: it has no field of its own
            """, promotion.Attributes(new Tree()), ignoreLineEndingDifferences: true);
        Assert.Equal(9, promotion.Rules.Count);
        Assert.Contains("no: the march has no qint16", promotion.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void AnalyzeSensitivityAndEqualize_EachOperator_RunsEveryFirstExample()
    {
        foreach (var (op, example) in Operators.Catalogue.All.SelectMany(static o => o.Examples().Take(1).Select(e => (o, e))))
        {
            using var inner = NewDisposeScope();
            var graph = Nets.Of(example);
            var model = Nets.Calibrated(graph);
            var x = Nets.Batch(graph, 2);
            var before = model.Model.Forward(x)[0];
            if (!before.to(ScalarType.Float32).isfinite().all().item<bool>())
            {
                // Some functions are not defined for all data.
                Assert.Throws<QatGenException>(() => model.AnalyzeSensitivity([x]));
                continue;
            }

            var report = model.AnalyzeSensitivity([[.. x.Select(static i => i.clone())]]);
            var quantizers = model.Model.Quantizers.Count(static q => q.Quantizer.DType != DType.QInt32);
            Assert.True(quantizers == report.Rows.Count(static r => r.Type == SensitivityType.Activation), op.Name);
            Assert.True(report.Rows.Where(static r => r.SQNR < double.PositiveInfinity).All(static r => r is { L1: > 0, MeanSquare: > 0, Cosine: > -1e-9 }), op.Name + "\n" + report);
            Assert.Contains(report.Rows.Select(static r => r.MeanSquare).Append(op.Fusion == Operators.Fusion.ConvLike ? 0 : 1), static e => e > 0);
            model.Equalize();
            var scale = before.to(ScalarType.Float64).abs().max().item<double>();
            Assert.InRange((before.to(ScalarType.Float64) - model.Model.Forward(x)[0].to(ScalarType.Float64)).abs().max().item<double>(), 0, 1e-4 * scale);
        }
    }

    [Fact]
    public void AnalyzeSensitivity_BadInput_NamesIt()
    {
        var model = Nets.Calibrated(_graph);
        void Expect(Rule rule, string layer, Action act) => Assert.All(Assert.Throws<QatGenException>(act).Violations, v => Assert.Equal((rule, layer), (v.Rule, v.Layer)));
        Expect(TrainingRules.NoData, "", () => model.AnalyzeSensitivity(Array.Empty<Tensor>()));
        Expect(ShapeRules.InputCount, "", () => model.AnalyzeSensitivity([[randn(1, 1, 12, 12), randn(1, 1, 12, 12)]]));
        Expect(QuantizationRules.NotANumber, "x", () => model.AnalyzeSensitivity([full([2, 1, 12, 12], float.NaN)]));
        Expect(QuantizationRules.NotANumber, "fc", () => model.AnalyzeSensitivity([full([2, 1, 12, 12], float.PositiveInfinity)]));
        var report = model.AnalyzeSensitivity(Data());
        foreach (var budget in new[] { PromotionBudget.Operators(-1), PromotionBudget.Share(1.5), PromotionBudget.Macs(double.NaN), PromotionBudget.Memory(-0.1) })
        {
            Expect(QuantizationRules.SettingOutOfRange, "", () => model.Promote(report, budget));
        }

        var fresh = new GraphQat(_graph, Nets.State(_graph));
        Assert.All(Assert.Throws<QatGenException>(() => fresh.AnalyzeSensitivity(Data())).Violations, static v => Assert.Equal(QuantizationRules.NotCalibrated, v.Rule));
    }

    private static Tensor[] Data()
    {
        manual_seed(3);
        return [.. Enumerable.Range(0, 3).Select(static _ => randn(16, 1, 12, 12))];
    }

    private double Error(GraphQat model)
    {
        using var grad = no_grad();
        var real = new GraphQat(_graph, Nets.State(_graph));
        manual_seed(4);
        var x = randn(64, 1, 12, 12) * 0.8;
        model.SetState(FakeQuantState.Validation);
        return (model.call(x) - real.call(x)).square().mean().item<float>();
    }

    private sealed class Tree : nn.Module<Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.Conv2d head = nn.Conv2d(1, 1, 1);
        private readonly TorchSharp.Modules.ModuleList<Leaf> blocks = nn.ModuleList(new Leaf(), new Leaf());

        public Tree() : base(nameof(Tree)) => RegisterComponents();

        public override Tensor forward(Tensor x) => head.call(blocks[1].call(blocks[0].call(x)));
    }

    private sealed class Leaf : nn.Module<Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.Conv2d first = nn.Conv2d(1, 1, 1);

        public Leaf() : base(nameof(Leaf)) => RegisterComponents();

        public override Tensor forward(Tensor x) => first.call(x);
    }
}
