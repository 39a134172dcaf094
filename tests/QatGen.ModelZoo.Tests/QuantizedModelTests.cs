using ModelZoo;
using QatGen.Bpu;
using QatGen.Kernels;
using QatGen.Torch;
using static TorchSharp.torch;

namespace QatGen.ModelZoo.Tests;

/// <summary>The models whose operators all have a quantized form, through what the build generated for them.</summary>
public sealed class QuantizedModelTests
{
    /// <summary>One input, one output, and small enough for the simulator in a test.</summary>
    public static TheoryData<string> Names => new("GoogLeNet", "LeNet", "MobileNetV1", "MobileNetV2", "MobileOneS0", "RepVGGA0", "RepVGGB0", "ResNeXt50_32x4d", "ResNet18", "ResNet50");

    [Fact]
    public void Models_OfKnownOperatorsOnly_AreGenerated() => Assert.Equal(
        [
            "BlazeFace", "EfficientNetB0", "FasterNetT0", "GoogLeNet", "LeNet", "MobileNetV1", "MobileNetV2", "MobileNetV3Large", "MobileNetV4ConvSmall", "MobileOneS0", "PointNet",
            "RepVGGA0", "RepVGGB0", "ResNeXt50_32x4d", "ResNet18", "ResNet50", "UNet", "YoloV5n",
        ],
        Zoo.All.Where(static e => ToQat(e) is not null).Select(static e => e.Name).Order(StringComparer.Ordinal));

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
        var model = (nn.Module<Tensor, Tensor>)entry.Create();
        model.load(file);
        File.Delete(file);
        model.eval();

        var qat = (IQatModule)ToQat(entry)!.Invoke(model, [null])!;
        var x = randn(entry.InputShapes[0]);
        var real = model.call(x);
        var folded = qat.Model.Forward(x)[0];
        Assert.True((real - folded).abs().max().item<float>() <= 1e-3 * real.abs().max().item<float>(), "folding changed the result");

        qat.Calibrate([randn(entry.InputShapes[0]), x.clone()]);
        var fixedPoint = qat.ConvertToFixedPoint();
        var integers = qat.ValidationIntegers(x);
        Assert.Contains(integers.Data, static v => v != 0);
        var input = fixedPoint.Signature.Quantize(0, x.data<float>().ToArray(), 1);
        Assert.Equal(integers.Data, fixedPoint.Run(input).Data);
        Assert.Equal(integers.Data, new Simulator(BpuCompiler.Compile(fixedPoint)).Run(input).Output.Data);
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
