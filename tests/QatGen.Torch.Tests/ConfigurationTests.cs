using QatGen.Graphs;
using QatGen.Torch.Observers;
using static TorchSharp.torch;

namespace QatGen.Torch.Tests;

public sealed class ConfigurationTests
{
    [Fact]
    public void Rules_EachSelector_SelectsItsOperators()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(["block.conv1", "block.conv2", "block.down"], Wide(Selector.Under("block")));
        Assert.Equal(["deep.point"], Wide(Selector.Path("deep.relu2")));
        Assert.Equal(["block.conv1", "block.conv2", "stem.conv"], Wide(Selector.Like("*.conv?"), Selector.Like("s*.conv"), Selector.Path("deep.conv").To(DType.QInt16), Selector.Path("deep.conv").To(DType.QInt8)));
        Assert.Equal(["pool"], Wide(Selector.Operator("AdaptiveAvgPool2d")));
    }

    [Fact]
    public void Rules_ThatSetTheSame_TheLastCountsAndEachSettingByItself()
    {
        using var scope = NewDisposeScope();
        var graph = Nets.Residual();
        var model = new GraphQat(graph, Nets.State(graph), new()
        {
            Activation = new() { Bits = 4, Observer = new ObserverSettings.Percentile(99.9) },
            Weight = new() { Bits = 3 },
            Rules =
            [
                Selector.Under("block").To(DType.QInt16),
                new(Selector.Path("block.conv1")) { Activation = new() { Bits = 6 }, Weight = new() { Kind = FakeQuantKind.Lsq } },
                new(Selector.Operator("Conv2d")) { Activation = new() { AveragingConstant = 0 } },
            ],
        });
        string[] Of(string layer, string quantizer) => [.. model.Explain().Decisions.Where(d => d.Layer == layer && d.Quantizer == quantizer).Select(static d => $"{d.Value} by {d.Source}")];
        Assert.Equal(
            ["qint8 of 6 bits by rule 2, layer 'block.conv1'", "percentile(99.9, 2048) by configuration", "0 by rule 3, operator 'Conv2d'", "fake_quant by built-in", "saturate by built-in", "grad scaling by built-in"],
            Of("block.conv1", "output"));
        Assert.Equal("3 bits by configuration", Of("block.conv1", "weight")[0]);
        Assert.Contains("lsq by rule 2, layer 'block.conv1'", Of("block.conv1", "weight"));
        Assert.Equal("qint16 by rule 1, subtree 'block'", Of("block.conv2", "output")[0]);

        // What a model is given has all bits of its type.
        Assert.Equal("qint8 by built-in", Of("x", "input")[0]);
        Assert.Equal("qint8 of 4 bits by configuration", Of("pool", "output")[0]);
        Assert.Equal(1 + 7 + 7, model.Explain().Decisions.Select(static d => (d.Layer, d.Quantizer)).Distinct().Count());
        var table = model.Explain().ToString().Split('\n');
        Assert.Equal(["layer", "operator", "quantizer", "settings", "decided", "by"], table[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(table, static l => l.StartsWith("block.conv1", StringComparison.Ordinal) && l.Contains("qint8 of 6 bits", StringComparison.Ordinal) && l.Contains("rule 2, layer 'block.conv1': type", StringComparison.Ordinal));
    }

    /// <summary>A march's limits of types are held against what the configuration says, before any data, and name the operator.</summary>
    [Fact]
    public void Types_ThatTheMarchCannotRun_AreRefusedByToQat()
    {
        using var scope = NewDisposeScope();
        var residual = Nets.Residual();
        var shapeless = residual with { March = March.Bernoulli2, Inputs = residual.Inputs.Select(static i => i with { Shape = Seq<int>.Empty }).ToSeq() };
        var wide = Assert.Throws<QatGenException>(() => new GraphQat(shapeless, Nets.State(shapeless), new() { Activation = new() { DType = DType.QInt16 } })).Violations;
        Assert.Contains(wide, static v => v.Rule == MarchRules.InputType && v.Layer == "stem.conv");
        var one = Assert.Throws<QatGenException>(() => new GraphQat(shapeless, Nets.State(shapeless), new() { Rules = [Selector.Path("deep.conv").To(DType.QInt16)] })).Violations;
        Assert.Contains(one, static v => v.Rule.Id.StartsWith("QG4", StringComparison.Ordinal) && v.Layer == "deep.conv");
        Assert.Contains(one, static v => v.Rule == MarchRules.InputType && v.Layer == "deep.point");
        Assert.All(one, static v => Assert.StartsWith("deep.", v.Layer, StringComparison.Ordinal));
        Assert.NotNull(new GraphQat(shapeless, Nets.State(shapeless)));
        Assert.NotNull(new GraphQat(shapeless with { March = March.NashE }, Nets.State(shapeless), new() { Activation = new() { DType = DType.QInt16 } }));

        var norm = Nets.Of(Operators.Catalogue.Get("LayerNorm").Examples().First()) with { March = March.Bayes };
        var note = Assert.Single(Assert.Throws<QatGenException>(() => new GraphQat(norm, Nets.State(norm), new() { Rules = [Selector.Input("x0").To(DType.QInt16)] })).Violations);
        Assert.Equal((MarchRules.Limit, norm.Nodes[^1].Path), (note.Rule, note.Layer));
        Assert.Contains("BAYES takes LayerNorm only with a qint8 input; this one has a qint16 input", note.Message, StringComparison.Ordinal);
        Assert.NotNull(new GraphQat(norm, Nets.State(norm), new() { Rules = [Selector.Operator("LayerNorm").To(DType.QInt16)] }));
    }

    public static TheoryData<string, QConfig> Wrong => new()
    {
        { "bits of pool", Rule(new ActivationSettings { Bits = 1 }) },
        { "bits of pool", Rule(new ActivationSettings { Bits = 12 }) },
        { "bits of pool", Rule(new ActivationSettings { Bits = 4, DType = DType.QInt16 }) },
        { "averaging constant of pool", Rule(new ActivationSettings { AveragingConstant = 1.5 }) },
        { "averaging constant of pool", Rule(new ActivationSettings { AveragingConstant = double.NaN }) },
        { "observer of pool", Rule(new ActivationSettings { Observer = new ObserverSettings.Percentile(0) }) },
        { "observer of pool", Rule(new ActivationSettings { Observer = new ObserverSettings.Mse(0) }) },
        { "observer of pool", Rule(new ActivationSettings { Observer = new ObserverSettings.Kl(512, 0) }) },
        { "observer of pool", Rule(new ActivationSettings { Observer = new ObserverSettings.FixedScale(-1) }) },
        { "observer of pool", Rule(new ActivationSettings { Observer = new ObserverSettings.Clip(1, 2) }) },
        { "observer of pool", Rule(new ActivationSettings { Observer = new ObserverSettings.ClipStd(0) }) },
        { "observer of pool", Rule(new ActivationSettings { Observer = new ObserverSettings.Norm() }) },
        { "observer of pool", Rule(new ActivationSettings { Observer = new ObserverSettings.Histogram(0) }) },
        { "bits of x", new() { Rules = [new(Selector.Input("x")) { Activation = new() { Bits = 4 } }] } },
        { "bits of fc", new() { Rules = [new(Selector.Path("fc")) { Weight = new() { Bits = 9 } }] } },
        { "observer of fc", new() { Rules = [new(Selector.Path("fc")) { Weight = new() { Observer = new ObserverSettings.Kl() } }] } },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Setting_OutOfRange_NamesTheLayer(string what, QConfig config)
    {
        using var scope = NewDisposeScope();
        var violation = Assert.Throws<QatGenException>(() => new GraphQat(Nets.Residual(), Nets.State(Nets.Residual()), config)).Violations.Single();
        Assert.Equal(QuantizationRules.SettingOutOfRange, violation.Rule);
        Assert.Equal(what, $"{violation.Arguments[2]} of {violation.Layer}");
    }

    [Fact]
    public void Grids_WalkBackToTheConvolutionThatMakesThem()
    {
        using var scope = NewDisposeScope();
        var sample = Catalogue("GridSample") with { Inputs = new(1, 6) };
        var graph = Nets.Of(
            [1, 2, 6, 6],
            Nets.Conv("map", 0, 2, 3), Nets.Conv("flow", 0, 2, 4), Nets.Conv("grid", 2, 4, 2), Nets.Call("Sigmoid", "sigmoid", 3),
            new Node("Add", "shift", new(FormKind.Symbol, "op_Addition"), new(4), new() { ["right"] = -0.5 }),
            new Node("Permute", "last", new(FormKind.Method, "permute"), new(5), new() { ["permutation"] = new Value.Items(new(0, 2, 3, 1)) }), sample);
        var model = new GraphQat(graph, Nets.State(graph), new() { Rules = [Selector.Grids.To(DType.QInt16)] });
        Assert.Equal(["grid", "shift", "sigmoid"], model.Model.Nodes.Where(static n => n.OutputQuantizer is { DType: DType.QInt16 }).Select(static n => n.Node.Path).Order());
    }

    [Fact]
    public void ResetScales_WithoutAKeptHistogram_IsAnError()
    {
        using var scope = NewDisposeScope();
        var model = Nets.Calibrated(Nets.Residual());
        Assert.Equal(0, model.ResetScales());
        Assert.Equal(QuantizationRules.SelectsNothing, Assert.Throws<QatGenException>(() => model.ResetScales(null, Selector.Path("pool"))).Violations.Single().Rule);
        Assert.Equal(QuantizationRules.SettingOutOfRange, Assert.Throws<QatGenException>(() => model.ResetScales(new ObserverSettings.Mse(0))).Violations.Single().Rule);
        Assert.Equal(QuantizationRules.SelectsNothing, Assert.Throws<QatGenException>(() => model.SetAveragingConstant(0, Selector.Path("nowhere"))).Violations.Single().Rule);
    }

    [Fact]
    public void SetAveragingConstant_Zero_FreezesWhatIsSelected()
    {
        using var scope = NewDisposeScope();
        var graph = Nets.Residual();
        var model = Nets.Calibrated(graph);
        Assert.Equal(3, model.SetAveragingConstant(0, Selector.Under("block")));
        model.SetState(FakeQuantState.Qat);
        float[] Scales(bool block) => [.. model.Model.Nodes.Where(n => n.OutputQuantizer is not null && n.Node.Path.StartsWith("block", StringComparison.Ordinal) == block).Select(static n => n.OutputQuantizer!.Scale)];
        var (frozen, moving) = (Scales(true), Scales(false));
        model.call(randn(4, 1, 12, 12) * 5);
        Assert.Equal(frozen, Scales(true));
        Assert.All(moving.Zip(Scales(false)), static p => Assert.NotEqual(p.First, p.Second));
    }

    [Fact]
    public void QConfigs_EachName_IsAConfigurationAndUnknownOnesAreListed()
    {
        using var scope = NewDisposeScope();
        var graph = Nets.Residual() with { March = March.NashE };
        foreach (var name in QConfigs.Names)
        {
            var model = Nets.Calibrated(graph, config: QConfigs.Get(name));
            var quantizer = model.Model.Nodes[0].OutputQuantizer!;
            Assert.Equal(name.Contains("16bit", StringComparison.Ordinal) ? DType.QInt16 : DType.QInt8, quantizer.DType);
            Assert.Equal(name.Contains("lsq", StringComparison.Ordinal), model.named_parameters().Any(static p => p.name == "stem.conv.output_quant.scale"));
            var text = model.Explain().ToString();
            Assert.Equal(name.Contains("calib", StringComparison.Ordinal), text.Contains("percentile(99.99, 2048)", StringComparison.Ordinal));
            model.SetState(FakeQuantState.Qat);
            var before = quantizer.Scale;
            model.call(randn(2, 1, 12, 12) * 9);
            Assert.Equal(name.Contains("fixed", StringComparison.Ordinal) || name.Contains("lsq", StringComparison.Ordinal), before == quantizer.Scale);
        }

        Assert.Contains("default_qat_8bit_fake_quant_qconfig", Assert.Throws<ArgumentException>(() => QConfigs.Get("default")).Message, StringComparison.Ordinal);
        Assert.Equal("qint8 of 4 bits", new GraphQat(graph, Nets.State(graph), QConfigs.Default(bits: 4, weightBits: 3)).Explain().Decisions.First(static d => d.Layer == "pool").Value);
    }

    [Fact]
    public void QTemplates_OneBehindTheOther_TheLastCounts()
    {
        using var scope = NewDisposeScope();
        var table = new Dictionary<string, double> { ["stem.conv"] = 0.5, ["block.conv1"] = 3, ["pool"] = 2, ["deep.conv"] = 1 };
        Assert.Equal(["block.conv1", "pool"], Wide([.. QTemplates.Default, .. QTemplates.Sensitive(table, topK: 2)]));
        Assert.Equal(["block.conv1"], Wide([.. QTemplates.SensitiveShare(table, 0.25)]));
        Assert.Equal(["block.conv1", "block.conv2", "block.down", "deep.conv", "deep.point", "stem.conv"], Wide([.. QTemplates.Int16, .. QTemplates.ByName(new Dictionary<string, ActivationSettings> { ["pool"] = new() { DType = DType.QInt8 } })]));
        Assert.Equal(["pool"], Wide([.. QTemplates.Int16, .. QTemplates.ByOperator(new Dictionary<string, ActivationSettings> { ["Conv2d"] = new() { Bits = 8 } })]));
        Assert.Throws<QatGenException>(() => Wide(Selector.Grids));
    }

    private static Node Catalogue(string op) => Operators.Catalogue.Get(op).Examples().First().Node;

    private static QConfig Rule(ActivationSettings settings) => new() { Rules = [new(Selector.Path("pool")) { Activation = settings }] };

    private static IEnumerable<string> Wide(params object[] rules)
    {
        var graph = Nets.Residual();
        var model = new GraphQat(graph, Nets.State(graph), new() { Rules = [.. rules.Select(static r => r as QRule ?? ((Selector)r).To(DType.QInt16))] });
        return model.Model.Nodes.Where(static n => n.OutputQuantizer is { DType: DType.QInt16 }).Select(static n => n.Node.Path).Order();
    }
}
