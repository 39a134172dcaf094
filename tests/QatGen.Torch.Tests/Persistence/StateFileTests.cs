using QatGen.Torch.Persistence;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace QatGen.Torch.Tests.Persistence;

/// <summary>State dictionaries through files: PyTorch's into the float model and into QAT, and a QAT model's own.</summary>
public sealed class StateFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("qatgen").FullName;
    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();

    private string Path => System.IO.Path.Combine(_folder, "net.safetensors");

    public void Dispose()
    {
        _scope.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float64)]
    public void LoadFloat_FileOfAnyFloatingType_EqualsTheDictionaryWidened(ScalarType type)
    {
        var graph = Nets.Residual();
        var state = Nets.State(graph, seed: 4).ToDictionary(static p => p.Key, p => p.Value.is_floating_point() ? p.Value.to(type) : p.Value);
        Safetensors.Save(Path, state);
        var model = new GraphQat(graph, Nets.State(graph));
        model.LoadFloat(Path);
        var expected = new GraphQat(graph, state.ToDictionary(static p => p.Key, static p => p.Value.to(ScalarType.Float32)));
        var x = Nets.Batch(graph)[0];
        Assert.True(expected.call(x).equal(model.call(x)).all().item<bool>());
    }

    [Fact]
    public void LoadFloat_IntegerWeights_AreNamedAndNothingChanges()
    {
        var graph = Nets.Residual();
        var state = Nets.State(graph);
        state["fc.weight"] = (state["fc.weight"] * 100).to(ScalarType.Int8);
        Safetensors.Save(Path, state);
        var model = new GraphQat(graph, Nets.State(graph));
        var violation = Assert.Throws<QatGenException>(() => model.LoadFloat(Path)).Violations.Single();
        Assert.Equal((TrainingRules.ParameterType, "fc"), (violation.Rule, violation.Layer));
    }

    [Fact]
    public void LoadSafetensors_FloatModule_TakesEverythingByName()
    {
        var (saved, loaded) = (Module(), Module());
        saved.call(randn(6, 3, 5, 5));
        saved.SaveSafetensors(Path);
        loaded.LoadSafetensors(Path);
        Assert.All(saved.state_dict(), p => Assert.True(p.Value.equal(loaded.state_dict()[p.Key]).all().item<bool>(), p.Key));

        // As half precision, and without the counter that old versions of PyTorch do not write.
        var half = saved.state_dict().Where(static p => !p.Key.EndsWith("tracked", StringComparison.Ordinal)).ToDictionary(static p => p.Key, static p => p.Value.to(ScalarType.BFloat16));
        Safetensors.Save(Path, half);
        loaded.LoadSafetensors(Path);
        Assert.Equal(ScalarType.Float32, loaded.state_dict()["conv.weight"].dtype);
        Assert.True(half["conv.weight"].to(ScalarType.Float32).equal(loaded.state_dict()["conv.weight"]).all().item<bool>());
    }

    [Fact]
    public void LoadSafetensors_DifferentState_ListsEveryDifferenceAndChangesNothing()
    {
        var module = Module();
        var before = module.state_dict().ToDictionary(static p => p.Key, static p => p.Value.clone());
        var state = module.state_dict().ToDictionary(static p => p.Key, static p => p.Value.clone());
        state.Remove("bn.weight");
        state["head.bias"] = zeros(3);
        state["conv.bias"] = zeros(1);
        state["bn.running_var"].fill_(float.NaN);
        state["conv.weight"] = zeros(4, 3, 3, 3, ScalarType.Int8);
        Safetensors.Save(Path, state);
        var violations = Assert.Throws<QatGenException>(() => module.LoadSafetensors(Path)).Violations;
        Assert.Equal(
            ["QG3001 bn", "QG3005 bn", "QG3006 head", "QG3007 conv", "QG3091 conv"],
            violations.Select(static v => $"{v.Rule.Id} {v.Layer}").Order(StringComparer.Ordinal));
        Assert.All(module.state_dict(), p => Assert.True(p.Value.equal(before[p.Key]).all().item<bool>(), p.Key));
    }

    [Fact]
    public void SaveSafetensors_QatModel_SaysWhatItIsAndLoadsBack()
    {
        var graph = Nets.Residual();
        QConfig config = new() { Activation = new() { AveragingConstant = 0.25 }, Rules = [Selector.Path("pool").To(DType.QInt16)] };
        var (saved, loaded) = (Nets.Calibrated(graph, config: config), Nets.Calibrated(graph, seed: 5, config: config));
        saved.SaveSafetensors(Path);
        var texts = Safetensors.LoadMetadata(Path);
        Assert.Equal("Net", texts["qatgen.model"]);
        Assert.Equal("Bayes", texts["qatgen.march"]);
        Assert.Equal("qint16", texts["qatgen.type/pool.output_quant"]);
        loaded.LoadSafetensors(Path);
        var x = Nets.Batch(graph);
        Assert.Equal(saved.ValidationIntegers(x).Data, loaded.ValidationIntegers(x).Data);
        Assert.Contains(Assert.Throws<QatGenException>(() => Nets.Calibrated(graph).LoadSafetensors(Path)).Violations, static v => v.Rule == QuantizationRules.TypeDiffers && v.Layer == "pool");
        var violation = Assert.Throws<QatGenException>(() => loaded.LoadFloat(Path)).Violations.Single();
        Assert.Equal((TrainingRules.NotFloat, "Net"), (violation.Rule, violation.Arguments[1]));

        Safetensors.Save(Path, Nets.State(graph));
        Assert.Equal(TrainingRules.NotQat, Assert.Throws<QatGenException>(() => loaded.LoadSafetensors(Path)).Violations.Single().Rule);
    }

    private static Sequential Module() => nn.Sequential(("conv", nn.Conv2d(3, 4, kernel_size: 3)), ("bn", nn.BatchNorm2d(4)));
}
