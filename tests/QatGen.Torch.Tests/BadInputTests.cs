using QatGen.Torch.Observers;
using TorchSharp;
using static TorchSharp.torch;

namespace QatGen.Torch.Tests;

public sealed class BadInputTests
{
    public static TheoryData<FakeQuantState> States { get; } = new(Enum.GetValues<FakeQuantState>());

    [Theory]
    [MemberData(nameof(States))]
    public void Call_WrongShapeOrType_NamesTheInput(FakeQuantState state)
    {
        using var scope = NewDisposeScope();
        var model = Nets.Calibrated(Nets.Residual());
        model.SetState(state);
        Expect(ShapeRules.InputShape, "x", () => model.call(randn(2, 1, 12, 13)));
        Expect(ShapeRules.InputShape, "x", () => model.call(randn(1, 12, 12)));
        Expect(ShapeRules.InputShape, "x", () => model.call(randn(0, 1, 12, 12)));
        Expect(ShapeRules.InputShape, "x", () => model.call(tensor(1f)));
        Expect(TrainingRules.TensorType, "x", () => model.call(randn(2, 1, 12, 12).to(ScalarType.Float64)));
        Expect(TrainingRules.TensorType, "x", () => model.call(zeros([2, 1, 12, 12], ScalarType.Int64)));
    }

    [Theory]
    [InlineData(FakeQuantState.Calibration)]
    [InlineData(FakeQuantState.Qat)]
    [InlineData(FakeQuantState.Validation)]
    public void Call_NaN_NamesTheInputAndChangesNoScale(FakeQuantState state)
    {
        using var scope = NewDisposeScope();
        var model = Nets.Calibrated(Nets.Residual());
        model.SetState(state);
        var before = model.state_dict().ToDictionary(static p => p.Key, static p => p.Value.clone());
        var x = randn(2, 1, 12, 12);
        x[1, 0, 3, 4] = float.NaN;
        Expect(QuantizationRules.NotANumber, "x", () => model.call(x));
        Assert.All(model.state_dict(), p => Assert.True(p.Value.equal(before[p.Key]).all().item<bool>(), p.Key));
    }

    [Theory]
    [InlineData(BatchNormMode.FuseBN)]
    [InlineData(BatchNormMode.WithBNReverseFold)]
    public void To_AnotherTypeOrDevice_IsAnErrorAndChangesNothing(BatchNormMode mode)
    {
        using var scope = NewDisposeScope();
        var graph = Nets.Residual();
        var model = Nets.Calibrated(graph, config: new() { BatchNormMode = mode, Activation = new() { Observer = new ObserverSettings.Kl(512, 2) } });
        var x = Nets.Batch(graph);
        var before = model.ValidationIntegers(x).Data;
        foreach (var move in new Action[] { () => model.to(ScalarType.Float64), () => model.@double(), () => model.half(), () => model.to(ScalarType.BFloat16), () => model.to(DeviceType.META), () => model.to(META) })
        {
            Expect(TrainingRules.Moved, "x", move);
        }

        foreach (var part in model.modules().OfType<Modules.QatPart>())
        {
            Assert.Equal(TrainingRules.Moved, Assert.Throws<QatGenException>(() => part.to(ScalarType.Float64)).Violations.Single().Rule);
        }

        model.to(ScalarType.Float32);
        model.to(CPU);
        model.cpu();
        Assert.Equal(before, model.ValidationIntegers(x).Data);
    }

    [Theory]
    [InlineData(FakeQuantKind.Lsq, "scale")]
    [InlineData(FakeQuantKind.Pact, "alpha")]
    public void Convert_LearnedScaleThatIsNoNumber_IsNotCalledUncalibrated(FakeQuantKind kind, string name)
    {
        using var scope = NewDisposeScope();
        var model = Nets.Calibrated(Nets.Residual(), config: new() { Activation = new() { Kind = kind } });
        using (no_grad())
        {
            model.named_parameters().Single(p => p.name == "pool.output_quant." + name).parameter.fill_(float.NaN);
        }

        Expect(QuantizationRules.NotANumber, "pool", () => model.ConvertToFixedPoint());
        Expect(QuantizationRules.NotANumber, "pool", () => model.SetState(FakeQuantState.Validation));
        Assert.Equal(["pool"], model.ReportConversion().Uncalibrated);
    }

    [Fact]
    public void Calibrate_NaN_ReturnsToTheStateBefore()
    {
        using var scope = NewDisposeScope();
        var model = Nets.Calibrated(Nets.Residual());
        Expect(QuantizationRules.NotANumber, "x", () => model.Calibrate([full([1, 1, 12, 12], float.NaN)]));
        Assert.Equal(FakeQuantState.Float, model.Model.State);
    }

    [Fact]
    public void Call_Infinity_SaturatesInValidationAndIsNoRange()
    {
        using var scope = NewDisposeScope();
        var model = Nets.Calibrated(Nets.Residual());
        model.SetState(FakeQuantState.Validation);
        var infinite = full([1, 1, 12, 12], float.PositiveInfinity);
        Assert.Equal(model.ValidationIntegers(full([1, 1, 12, 12], 1e30f)).Data, model.ValidationIntegers(infinite).Data);
        model.SetState(FakeQuantState.Qat);
        Expect(QuantizationRules.NotANumber, "x", () => model.call(infinite));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void Call_BadWeight_NamesTheLayer(float bad)
    {
        using var scope = NewDisposeScope();
        var model = Nets.Calibrated(Nets.Residual());
        using (no_grad())
        {
            model.Model.Nodes[2].Weight![1, 0, 1, 1] = bad;
        }

        foreach (var state in new[] { FakeQuantState.Qat, FakeQuantState.Validation })
        {
            model.SetState(state);
            Expect(QuantizationRules.NotANumber, model.Model.Nodes[2].Node.Path, () => model.call(randn(1, 1, 12, 12)));
        }

        Expect(QuantizationRules.NotANumber, model.Model.Nodes[2].Node.Path, () => model.ConvertToFixedPoint());
    }

    [Theory]
    [MemberData(nameof(States))]
    public void Call_ShapeThatNoLayerTakes_NamesTheLayer(FakeQuantState state)
    {
        using var scope = NewDisposeScope();
        var graph = Nets.Residual() with { Inputs = new(new Graphs.GraphInput("x", Seq<int>.Empty, 0)) };
        var free = new GraphQat(graph, Nets.State(graph));
        free.Calibrate([randn(1, 1, 12, 12)]);
        free.SetState(state);
        Expect(ShapeRules.LayerInput, "stem.conv", () => free.call(randn(2, 3, 12, 12)));
        Expect(ShapeRules.LayerInput, "stem.conv", () => free.call(randn(2, 12)));
        Assert.Equal([2, 10], free.call(randn(2, 1, 30, 22)).shape);
    }

    [Theory]
    [MemberData(nameof(States))]
    public void Call_OperandsOfTwoShapes_AreRefusedNotBroadcast(FakeQuantState state)
    {
        using var scope = NewDisposeScope();
        var nodes = new[] { Nets.Conv("a", 0, 1, 4), Nets.Conv("b", 0, 1, 4, stride: 2), Nets.Call("Add", "add", 1, 2), Nets.Pool("pool", 3) };
        var graph = Nets.Of([], nodes);
        var model = new GraphQat(graph, Nets.State(graph));
        model.Calibrate([randn(1, 1, 1, 1)]);
        model.SetState(state);
        Expect(ShapeRules.TermShapes, "b", () => model.call(randn(2, 1, 8, 8)));
    }

    internal static void Expect(Rule rule, string layer, Action attempt)
    {
        var violation = Assert.Single(Assert.Throws<QatGenException>(attempt).Violations);
        Assert.Equal((rule, layer), (violation.Rule, violation.Layer));
    }
}
