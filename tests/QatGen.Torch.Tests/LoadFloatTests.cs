using QatGen.Graphs;
using static TorchSharp.torch;

namespace QatGen.Torch.Tests;

public sealed class LoadFloatTests
{
    [Fact]
    public void Constructor_ResidualNet_HasTheDocumentedState()
    {
        using var scope = NewDisposeScope();
        var model = new GraphQat(Nets.Residual(), Nets.State(Nets.Residual()));
        var keys = model.state_dict().Keys.ToHashSet();
        string[] convolutions = ["stem.conv", "block.conv1", "block.conv2", "block.down", "deep.conv", "deep.point"];
        var expected = convolutions.SelectMany(static c => new[] { ".weight", ".bias", ".weight_quant.scale", ".output_quant.min", ".output_quant.max", ".output_quant.scale" }.Select(k => c + k))
            .Concat(["fc.weight", "fc.bias", "fc.weight_quant.scale", "pool.output_quant.min", "pool.output_quant.max", "pool.output_quant.scale"])
            .Concat(["x_quant.output_quant.min", "x_quant.output_quant.max", "x_quant.output_quant.scale"]);
        Assert.Equal(expected.Order(), keys.Order());
        Assert.Equal(14, model.parameters().Count());
        Assert.All(model.parameters(), static p => Assert.True(p.requires_grad));
    }

    [Fact]
    public void Constructor_InsideAScope_OutlivesIt()
    {
        GraphQat model;
        using (NewDisposeScope())
        {
            model = new(Nets.Residual(), Nets.State(Nets.Residual()));
        }

        using var scope = NewDisposeScope();
        model.SetState(FakeQuantState.Qat);
        Assert.Equal([2, 10], model.call(randn(2, 1, 12, 12)).shape);
        Assert.All(model.state_dict().Values, static t => Assert.False(t.IsInvalid));
    }

    [Fact]
    public void Call_Float_EqualsTheUnfoldedModel()
    {
        using var scope = NewDisposeScope();
        var state = Nets.State(Nets.Residual());
        Tensor Conv(Tensor x, string name, int stride = 1, int groups = 1) => nn.functional.conv2d(
            x, state[name + ".weight"], state.GetValueOrDefault(name + ".bias"), [stride, stride], [state[name + ".weight"].shape[2] / 2, state[name + ".weight"].shape[2] / 2], groups: groups);
        Tensor Norm(Tensor x, string name) => nn.functional.batch_norm(x, state[name + ".running_mean"], state[name + ".running_var"], state[name + ".weight"], state[name + ".bias"]);
        var x = randn(4, 1, 12, 12);
        var stem = nn.functional.relu(Norm(Conv(x, "stem.conv"), "stem.bn"));
        var inner = Norm(Conv(nn.functional.relu(Norm(Conv(stem, "block.conv1", 2), "block.bn1")), "block.conv2"), "block.bn2");
        var block = nn.functional.relu(inner + Norm(Conv(stem, "block.down", 2), "block.down_bn"));
        var deep = nn.functional.relu(Conv(nn.functional.relu6(Norm(Conv(block, "deep.conv", 2, 16), "deep.bn")), "deep.point"));
        var expected = nn.functional.linear(deep.mean([2, 3]), state["fc.weight"], state["fc.bias"]);
        Assert.True(new GraphQat(Nets.Residual(), state).call(x).allclose(expected, 1e-4, 1e-5));
    }

    [Fact]
    public void LoadFloat_BadState_ListsEverythingAndChangesNothing()
    {
        using var scope = NewDisposeScope();
        var model = new GraphQat(Nets.Residual(), Nets.State(Nets.Residual()));
        var before = model.state_dict().ToDictionary(static p => p.Key, static p => p.Value.clone());
        var state = Nets.State(Nets.Residual(), seed: 2);
        state.Remove("stem.bn.running_mean");
        state["block.conv1.weight"] = randn(16, 8, 5, 5);
        state["head.weight"] = randn(3);
        state["fc.bias"][3] = float.NaN;
        state["deep.point.weight"][0, 0, 0, 0] = float.PositiveInfinity;
        var violations = Assert.Throws<QatGenException>(() => model.Model.LoadFloat(state)).Violations;
        Assert.Equal(
            ["QG3001 deep.point", "QG3001 fc", "QG3005 stem.bn", "QG3006 ", "QG3007 block.conv1"],
            violations.Select(static v => $"{v.Rule.Id} {v.Layer}").Order(StringComparer.Ordinal));
        Assert.All(model.state_dict(), p => Assert.True(p.Value.equal(before[p.Key]).all().item<bool>(), p.Key));
    }

    [Fact]
    public void LoadFloat_Again_CopiesIntoTheSameParameters()
    {
        using var scope = NewDisposeScope();
        var model = new GraphQat(Nets.Residual(), Nets.State(Nets.Residual()));
        var parameters = model.parameters().ToArray();
        var state = Nets.State(Nets.Residual(), seed: 2);
        model.Model.LoadFloat(state);
        Assert.Equal(parameters, model.parameters());
        var x = randn(2, 1, 12, 12);
        Assert.True(model.call(x).equal(new GraphQat(Nets.Residual(), state).call(x)).all().item<bool>());
    }

    [Fact]
    public void LoadFloat_SizesOfAConstructorArgument_AreTakenFromTheFirstStateOnly()
    {
        using var scope = NewDisposeScope();
        var node = new Node("Linear", "fc", new(FormKind.Module, "Linear"), new(0), new() { ["inputSize"] = 4, ["outputSize"] = new Value.Symbol("classes"), ["hasBias"] = new Value.Symbol("bias") });
        static Dictionary<string, Tensor> State(int classes) => new() { ["fc.weight"] = randn(classes, 4) };
        var model = new GraphQat(Nets.Of([1, 4], node), State(3));
        Assert.Equal([2, 3], model.call(randn(2, 4)).shape);
        Assert.Equal(QuantizationRules.ParameterShape, Assert.Throws<QatGenException>(() => model.Model.LoadFloat(State(5))).Violations.Single().Rule);
    }
}
