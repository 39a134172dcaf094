using QatGen.Files;
using QatGen.Torch.Observers;
using QatGen.Torch.Persistence;
using static TorchSharp.torch;

namespace QatGen.Torch.Tests;

public sealed class CheckpointTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("qatgen").FullName;
    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();

    private string File => Path.Combine(_folder, "net.qat");

    public void Dispose()
    {
        _scope.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Load_SavedModel_GivesTheSameIntegersAndGoesOnObserving()
    {
        var graph = Nets.Residual();
        var (saved, loaded) = (Nets.Calibrated(graph), Nets.Calibrated(graph, seed: 5));
        saved.Save(File);
        loaded.SetState(FakeQuantState.Validation);
        var x = Nets.Batch(graph);
        loaded.call(x[0]);
        loaded.Load(File);
        Assert.Equal(FakeQuantState.Validation, loaded.Model.State);
        Assert.Equal(saved.ValidationIntegers(x).Data, loaded.ValidationIntegers(x).Data);
        foreach (var model in new[] { saved, loaded })
        {
            model.SetState(FakeQuantState.Qat);
            model.call(x[0] * 3);
        }

        Assert.Equal(saved.Model.Inputs[0].Quantizer.Scale, loaded.Model.Inputs[0].Quantizer.Scale);
        Assert.Equal(Bytes(saved), Bytes(loaded));
    }

    [Fact]
    public void Load_TruncatedOrFlippedFile_IsDamagedAndChangesNothing()
    {
        var model = Nets.Calibrated(Nets.Residual());
        model.Save(File);
        var bytes = System.IO.File.ReadAllBytes(File);
        var other = Nets.Calibrated(Nets.Residual(), seed: 5);
        var before = Bytes(other);
        for (var i = 0; i < bytes.Length; i += 1 + (bytes.Length / 97))
        {
            Refused(other, bytes[..i], FileRules.Damaged, FileRules.WrongKind);
            byte[] flipped = [.. bytes];
            flipped[i] ^= (byte)(1 << (i % 8));
            Refused(other, flipped, FileRules.Damaged, FileRules.WrongKind, FileRules.NewerVersion);
        }

        Assert.Equal(before, Bytes(other));
    }

    [Fact]
    public void Load_NewerVersion_SaysSo()
    {
        var model = Nets.Calibrated(Nets.Residual());
        Refused(model, Container.Write("QGQT", 5, []), FileRules.NewerVersion);
        Refused(model, Container.Write("QGMD", 1, []), FileRules.WrongKind);
        Refused(model, Container.Write("QGQT", 1, []), FileRules.Damaged);
        Refused(model, Container.Write("QGQT", 1, [("state", [1, 2, 3])]), FileRules.Damaged);
    }

    [Fact]
    public void Load_CheckpointOfAnotherModel_ListsEveryDifferenceAndChangesNothing()
    {
        Nets.Calibrated(Nets.Residual(width: 6)).Save(File);
        var model = Nets.Calibrated(Nets.Residual());
        var before = Bytes(model);
        var violations = Assert.Throws<QatGenException>(() => model.Load(File)).Violations;
        Assert.All(violations, static v => Assert.Equal(QuantizationRules.ParameterShape, v.Rule));
        Assert.Equal(19, violations.Count);

        Nets.Calibrated(Nets.Of([1, 1, 12, 12], Nets.Conv("stem.conv", 0, 1, 8), Nets.Conv("head", 1, 8, 10))).Save(File);
        violations = Assert.Throws<QatGenException>(() => model.Load(File)).Violations;
        Assert.Equal(["head.bias", "head.weight", "head.weight_quant.scale"], violations.Where(static v => v.Rule == QuantizationRules.ParameterExtra).Select(static v => v.Arguments[0]).Order());
        Assert.Contains(violations, static v => v.Rule == QuantizationRules.ParameterMissing && v.Layer == "fc" && v.Arguments[0] == "fc.weight");
        Assert.Equal(before, Bytes(model));
    }

    [Fact]
    public void Load_NaNOrNegativeScale_IsRefused()
    {
        var model = Nets.Calibrated(Nets.Residual());
        model.state_dict()["stem.conv.weight"].bytes.Fill(0xFF);
        model.state_dict()["pool.output_quant.scale"].bytes[3] = 0xBF;
        model.Save(File);
        var other = Nets.Calibrated(Nets.Residual(), seed: 5);
        var before = Bytes(other);
        var violations = Assert.Throws<QatGenException>(() => other.Load(File)).Violations;
        Assert.Equal([(QuantizationRules.WrongState, "pool.output_quant"), (QuantizationRules.NotANumber, "stem.conv")], violations.Select(static v => (v.Rule, v.Layer)));
        Assert.Equal(before, Bytes(other));
    }

    [Fact]
    public void Load_CheckpointOfOtherTypes_NamesTheLayersAndChangesNothing()
    {
        var graph = Nets.Residual();
        QConfig wide = new() { Rules = [Selector.Path("block.conv1").To(DType.QInt16), Selector.Input("x").To(DType.QInt16)] };
        Nets.Calibrated(graph, config: wide).Save(File);
        var (same, other) = (Nets.Calibrated(graph, seed: 5, config: wide), Nets.Calibrated(graph, seed: 5));
        var before = Bytes(other);
        var violations = Assert.Throws<QatGenException>(() => other.Load(File)).Violations;
        Assert.Equal([(QuantizationRules.TypeDiffers, "block.conv1"), (QuantizationRules.TypeDiffers, "x_quant")], violations.Select(static v => (v.Rule, v.Layer)));
        Assert.Equal(before, Bytes(other));
        same.Load(File);
        Assert.Equal(DType.QInt16, same.ConvertToFixedPoint().Signature.Inputs[0].DType);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Load_OldVersion_IsReadAndVersionOneKnowsInt8Only(int version)
    {
        var graph = Nets.Residual();
        QConfig wide = new() { Rules = [Selector.Path("pool").To(DType.QInt16)] };
        var model = Nets.Calibrated(graph, config: version == 2 ? wide : null);
        (string, byte[])[] sections = [("state", OldState(model)), .. version == 2 ? [("types", OldTypes(model))] : Array.Empty<(string, byte[])>()];
        System.IO.File.WriteAllBytes(File, Container.Write("QGQT", version, sections));
        var loaded = Nets.Calibrated(graph, seed: 5, config: version == 2 ? wide : null);
        loaded.Load(File);
        Assert.Equal(Bytes(model), Bytes(loaded));
        Assert.Equal((version, ""), QatCheckpoint.Info(File) is var info ? (info.Version, info.Model) : default);
        Refused(Nets.Calibrated(graph, config: version == 1 ? wide : null), System.IO.File.ReadAllBytes(File), QuantizationRules.TypeDiffers);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    public void Load_CalibrationBrokenOff_GoesOnToTheSameBits(int after)
    {
        var graph = Nets.Residual();
        QConfig config = new() { Activation = new() { Observer = new ObserverSettings.Kl(256, 3) } };
        Tensor[] Batches()
        {
            manual_seed(20);
            return [.. Enumerable.Range(0, 7).Select(_ => Nets.Batch(graph)[0])];
        }

        GraphQat New() => new(graph, Nets.State(graph), config);
        var (whole, broken, resumed) = (New(), New(), New());
        whole.Calibrate(Batches());
        broken.Calibrate(Batches()[..after]);
        broken.Save(File);
        resumed.Load(File);
        resumed.Calibrate(Batches()[after..]);
        Assert.Equal(Bytes(whole), Bytes(resumed));

        // A file of version 3 does not have the number of batches: it loads, and they are counted anew.
        var old = broken.state_dict().Where(static s => !s.Key.EndsWith(".batches", StringComparison.Ordinal)).ToDictionary(static s => s.Key, static s => s.Value);
        Assert.NotEqual(broken.state_dict().Count, old.Count);
        var third = New();
        StateCheck.Apply(third.state_dict(), old, []);
        third.Calibrate(Batches()[after..]);
        Assert.NotEqual(Bytes(whole), Bytes(third));
    }

    [Fact]
    public void Load_CheckpointOfOtherBits_NamesTheQuantizersAndChangesNothing()
    {
        var graph = Nets.Residual();
        Nets.Calibrated(graph, config: new() { Activation = new() { Bits = 4 }, Weight = new() { Bits = 3 } }).Save(File);
        Assert.Equal((4, 3), QatCheckpoint.Info(File) is var info ? (info.Bits["pool.output_quant"], info.Bits["fc.weight_quant"]) : default);
        var model = Nets.Calibrated(graph, seed: 5);
        var before = Bytes(model);
        var violations = Assert.Throws<QatGenException>(() => model.Load(File)).Violations;
        Assert.All(violations, static v => Assert.Equal(TrainingRules.BitsDiffer, v.Rule));
        Assert.Equal(model.Model.Nodes.Count(static n => n.OutputQuantizer is not null) + model.Model.Nodes.Count(static n => n.WeightQuantizer is not null), violations.Count);
        Assert.Contains(violations, static v => v.Arguments is ["fc.weight_quant", "3", "8"]);
        Assert.Equal(before, Bytes(model));
    }

    [Fact]
    public void Load_LearnedScaleBelowZero_IsTakenAsTheNextPassTakesIt()
    {
        QConfig config = new() { Activation = new() { Kind = FakeQuantKind.Lsq } };
        var model = Nets.Calibrated(Nets.Residual(), config: config);
        System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(model.state_dict()["pool.output_quant.scale"].bytes)[0] = -1;
        model.Save(File);
        var loaded = Nets.Calibrated(Nets.Residual(), seed: 5, config: config);
        loaded.Load(File);
        Assert.Equal(Bytes(model), Bytes(loaded));
    }

    [Fact]
    public void Info_SavedModel_SaysWithWhatItWasTrained()
    {
        Nets.Calibrated(Nets.Residual(), config: new() { Activation = new() { AveragingConstant = 0.5 }, Rules = [Selector.Input("x").To(DType.QInt16)] }).Save(File);
        var info = QatCheckpoint.Info(File);
        Assert.Equal((4, "Net", March.Bayes), (info.Version, info.Model, info.March));
        Assert.Equal((DType.QInt16, DType.QInt8), (info.Types["x_quant.output_quant"], info.Types["pool.output_quant"]));
        Assert.Equal("AveragingConstant 0.5", info.Settings["Activation"]);
        Assert.Equal(typeof(QConfig).GetProperties().Select(static p => p.Name).Order(), info.Settings.Keys.Order());
    }

    [Fact]
    public void Load_AnotherModelsFile_SaysWhoseItIs_AndARenamedOneLoads()
    {
        var graph = Nets.Residual();
        var model = Nets.Calibrated(graph with { Type = "Other" });
        model.Save(File);
        var renamed = Nets.Calibrated(graph, seed: 5);
        renamed.Load(File);
        Assert.Equal(Bytes(model), Bytes(renamed));
        var small = Nets.Calibrated(Nets.Of([1, 1, 12, 12], Nets.Conv("stem.conv", 0, 1, 8), Nets.Conv("head", 1, 8, 10)));
        var violations = Assert.Throws<QatGenException>(() => small.Load(File)).Violations;
        Assert.Equal([File, "Other", "Net"], violations.Single(static v => v.Rule == TrainingRules.OtherModel).Arguments);
    }

    [Fact]
    public void Load_ForAnotherMarch_GivesTheSameNumbers()
    {
        var graph = Nets.Residual();
        var model = Nets.Calibrated(graph);
        model.Save(File);
        var other = Nets.Calibrated(graph with { March = March.NashE }, seed: 5);
        other.Load(File);
        var x = Nets.Batch(graph);
        Assert.Equal(model.ValidationIntegers(x).Data, other.ValidationIntegers(x).Data);
    }

    /// <summary>The layout that versions 1 and 2 wrote.</summary>
    private static byte[] OldState(GraphQat model)
    {
        using var memory = new MemoryStream();
        using var writer = new BinaryWriter(memory);
        var state = model.state_dict();
        writer.Write(state.Count);
        foreach (var (key, value) in state)
        {
            writer.Write(key);
            writer.Write(value.shape.Length);
            Array.ForEach(value.shape, writer.Write);
            writer.Write(value.detach().contiguous().bytes);
        }

        writer.Flush();
        return memory.ToArray();
    }

    private static byte[] OldTypes(GraphQat model)
    {
        using var memory = new MemoryStream();
        using var writer = new BinaryWriter(memory);
        string[] quantizers = ["x_quant.output_quant", .. model.Model.Nodes.Where(static n => n.OutputQuantizer is not null).Select(static n => n.Node.Path + ".output_quant")];
        writer.Write(quantizers.Length);
        foreach (var name in quantizers)
        {
            writer.Write(name);
            writer.Write((byte)(name.StartsWith("pool", StringComparison.Ordinal) ? DType.QInt16 : DType.QInt8));
        }

        writer.Flush();
        return memory.ToArray();
    }

    private static byte[] Bytes(GraphQat model) => [.. model.state_dict().OrderBy(static p => p.Key, StringComparer.Ordinal).SelectMany(static p => p.Value.bytes.ToArray())];

    private void Refused(GraphQat model, byte[] bytes, params Rule[] rules)
    {
        System.IO.File.WriteAllBytes(File, bytes);
        Assert.Contains(Assert.Throws<QatGenException>(() => model.Load(File)).Violations.Single().Rule, rules);
    }
}
