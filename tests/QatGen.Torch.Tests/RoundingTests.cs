using QatGen.Graphs;
using static TorchSharp.torch;

namespace QatGen.Torch.Tests;

/// <summary>Whole numbers against TorchSharp's own, halves among them.</summary>
public sealed class RoundingTests
{
    private static readonly Dictionary<string, Func<Tensor, Tensor>> Functions = new()
    {
        ["Floor"] = floor,
        ["Ceil"] = ceil,
        ["Trunc"] = trunc,
        ["Round"] = static x => x.round(),
    };

    public static IEnumerable<object[]> Cases => from name in Functions.Keys from type in new[] { DType.QInt8, DType.QInt16 } select new object[] { name, type };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Whole_EveryInteger_IsTorchs(string name, DType type)
    {
        using var scope = NewDisposeScope();
        var model = Model(name, type, type == DType.QInt8 ? 1 / 32.0 : 1 / 1024.0);
        var x = arange(type.Min(), type.Max() + 1).to(ScalarType.Float32).reshape(1, -1) * (float)model.Model.Inputs[0].Quantizer.Scale;
        model.Calibrate([x.clone()]);
        foreach (var state in Enum.GetValues<FakeQuantState>())
        {
            model.SetState(state);
            Assert.True(model.call(x).equal(Functions[name](x)).all().item<bool>(), $"{state}");
        }

        Assert.Equal(1, model.Model.Nodes[0].OutputQuantizer!.Scale);
    }

    [Fact]
    public void Whole_LargeNumbers_AreRoundedToSteps()
    {
        using var scope = NewDisposeScope();
        var model = Model("Floor", DType.QInt8, 10);
        var x = arange(-128, 128).to(ScalarType.Float32).reshape(1, -1) * 10;
        model.Calibrate([x.clone()]);
        model.SetState(FakeQuantState.Validation);
        Assert.Equal(1280 / 127.5f, model.Model.Nodes[0].OutputQuantizer!.Scale);
        Assert.InRange((model.call(x) - x.clamp(-1280, 127 * 1280 / 127.5f)).abs().max().item<float>(), 0, 0.51f * 1280 / 127.5f);
    }

    [Theory]
    [InlineData(DType.QInt8, 7812, 7813)]
    [InlineData(DType.QInt16, 3051, 3052)]
    public void Whole_BeyondTheMagnitude_IsRefused(DType type, double inside, double outside)
    {
        using var scope = NewDisposeScope();
        Assert.NotNull(Converted(inside));
        var violation = Assert.Single(Assert.Throws<QatGenException>(() => Converted(outside)).Violations);
        Assert.Equal((QuantizationRules.TooLargeToRound, "whole"), (violation.Rule, violation.Layer));

        FixedPointModel Converted(double scale)
        {
            var model = Model("Ceil", type, scale);
            model.Calibrate([full([1, 3], (float)scale)]);
            return model.ConvertToFixedPoint();
        }
    }

    private static GraphQat Model(string name, DType type, double scale)
    {
        var node = new Node(name, "whole", new(FormKind.Torch, name.ToLowerInvariant()), new(0), new()) { Output = OutputKind.Quantized };
        return new(new("Test", "Net", March.NashE, new(new GraphInput("x", Seq<int>.Empty, scale, type)), new(node), new(1)), new Dictionary<string, Tensor>(), new() { Activation = new() { DType = type } });
    }
}
