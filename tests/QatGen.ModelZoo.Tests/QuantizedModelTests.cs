using ModelZoo;
using QatGen.Bpu;
using QatGen.Kernels;
using QatGen.Torch;
using static TorchSharp.torch;

namespace QatGen.ModelZoo.Tests;

/// <summary>The models whose operators all have a quantized form, through what the build generated for them.</summary>
public sealed class QuantizedModelTests
{
    private static readonly string[] Quantized =
    [
        "BlazeFace", "EfficientNetB0", "FasterNetT0", "GoogLeNet", "GruTagger", "LeNet", "LstmTagger", "MobileNetV1", "MobileNetV2", "MobileNetV3Large", "MobileNetV4ConvSmall", "MobileOneS0", "PointNet", "RepVGGA0", "RepVGGB0",
        "ResNeXt50_32x4d", "ResNet18", "ResNet50", "UNet", "VarGNet", "ViTTiny", "YoloV5n", "YoloV8n",
    ];

    public static TheoryData<string> Names => new(Quantized);

    [Fact]
    public void Models_OfKnownOperatorsOnly_AreGenerated() =>
        Assert.Equal(Quantized, Zoo.All.Where(static e => ToQat(e) is not null).Select(static e => e.Name).Order(StringComparer.Ordinal));

    /// <summary>A checkpoint of the plain model goes into the QAT model by name; in float that computes the same, in integers the fixed-point program and the BPU compute what it does.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Checkpoint_OfThePlainModel_RunsOnEveryRung(string name)
    {
        var entry = Zoo.All.Single(e => e.Name == name);
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        manual_seed(3);
        var trained = entry.Create();
        Randomize(trained);
        var file = Path.Combine(AppContext.BaseDirectory, name + ".float");
        trained.save(file);
        var model = entry.Create();
        model.load(file);
        File.Delete(file);
        model.eval();

        var qat = (IQatModule)ToQat(entry)!.Invoke(model, [null])!;
        var x = randn(entry.InputShapes[0]);
        var real = MacCounter.Run(model, [x]);
        Assert.All(real.Zip(qat.Model.Forward(x)), static pair => Assert.True(
            (pair.First - pair.Second).abs().max().item<float>() <= 1e-3 * pair.First.abs().max().item<float>(), "folding changed the result"));

        qat.Calibrate([randn(entry.InputShapes[0]), x.clone()]);
        var fixedPoint = qat.ConvertToFixedPoint();
        var integers = qat.ValidationOutputs(x);
        var input = fixedPoint.Signature.Quantize(0, x.data<float>().ToArray(), 1);
        var (kernels, simulated) = (fixedPoint.RunAll(input), new Simulator(BpuCompiler.Compile(fixedPoint)).Run(input));
        for (var i = 0; i < integers.Length; i++)
        {
            Assert.Contains(integers[i].Data, static v => v != 0);
            Assert.Equal(integers[i].Data, kernels[i].Data);
            Assert.Equal(integers[i].Data, simulated.Outputs[i].Data);
        }
    }

    private static System.Reflection.MethodInfo? ToQat(ZooEntry entry) => typeof(Zoo).Assembly.GetType("ModelZoo." + entry.Name)!.GetMethod("ToQat");

    /// <summary>Running statistics away from 0 and 1, so that folding has something to do.</summary>
    private static void Randomize(nn.Module model)
    {
        foreach (var (name, buffer) in model.named_buffers())
        {
            if (name.EndsWith("running_mean", StringComparison.Ordinal))
            {
                buffer.normal_(0, 0.2);
            }
            else if (name.EndsWith("running_var", StringComparison.Ordinal))
            {
                buffer.uniform_(0.5, 1.5);
            }
        }
    }
}
