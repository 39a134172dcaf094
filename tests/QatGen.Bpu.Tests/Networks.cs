using QatGen.Arithmetic;
using QatGen.Primitives;

namespace QatGen.Bpu.Tests;

/// <summary>Whole networks with random weights.</summary>
internal static class Networks
{
    /// <summary>A stem, three residual blocks, two depthwise blocks, global average and a classifier on 28x28 images.</summary>
    public static ProgramBuilder Small(March march, out IntGraph graph)
    {
        var b = new ProgramBuilder(new Random(1), march, [1, 1, 28, 28]);
        var x = Conv(b, 0, 16, 3, 1);
        x = Residual(b, x, 16, 1);
        x = Residual(b, x, 32, 2);
        x = Residual(b, x, 64, 2);
        foreach (var channels in new[] { 96, 128 })
        {
            x = b.Conv(x, b.Shape(x)[1], 3, 3, Same(3, 2) with { Groups = b.Shape(x)[1] }, ClampRange.Relu);
            x = Conv(b, x, channels, 1, 1);
        }

        graph = Classify(b, x, 10);
        return b;
    }

    public static IntGraph ResNet18(March march, int size = 224)
    {
        var b = new ProgramBuilder(new Random(1), march, [1, 3, size, size]);
        var x = b.MaxPool(Conv(b, 0, 64, 7, 2), new(3, 3, 2, 2, 1, 1));
        foreach (var (channels, stride) in new[] { (64, 1), (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1) })
        {
            x = Residual(b, x, channels, stride);
        }

        return Classify(b, x, 1000);
    }

    /// <summary>RepVGG as deployed: plain 3x3 convolutions, of which every second has groups.</summary>
    public static IntGraph RepVgg(March march, int stem, int[] widths, int[] blocks, int groups = 1)
    {
        var b = new ProgramBuilder(new Random(1), march, [1, 3, 224, 224]);
        var (x, index) = (Conv(b, 0, stem, 3, 2), 1);
        for (var stage = 0; stage < widths.Length; stage++)
        {
            for (var block = 0; block < blocks[stage]; block++, index++)
            {
                x = b.Conv(x, widths[stage], 3, 3, Same(3, block == 0 ? 2 : 1) with { Groups = index % 2 == 0 ? groups : 1 }, ClampRange.Relu);
            }
        }

        return Classify(b, x, 1000);
    }

    /// <summary>MobileNet v1: depthwise and pointwise convolutions in turn.</summary>
    public static IntGraph MobileNetV1(March march)
    {
        var b = new ProgramBuilder(new Random(1), march, [1, 3, 224, 224]);
        var x = Conv(b, 0, 32, 3, 2);
        foreach (var (channels, stride) in new[] { (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1), (512, 1), (512, 1), (512, 1), (512, 1), (1024, 2), (1024, 1) })
        {
            x = Conv(b, b.Conv(x, b.Shape(x)[1], 3, 3, Same(3, stride) with { Groups = b.Shape(x)[1] }, ClampRange.Relu), channels, 1, 1);
        }

        return Classify(b, x, 1000);
    }

    private static int Residual(ProgramBuilder b, int x, int channels, int stride)
    {
        var skip = stride == 1 && b.Shape(x)[1] == channels ? x : b.Conv(x, channels, 1, 1, new(stride, stride));
        return b.Conv(Conv(b, x, channels, 3, stride), channels, 3, 3, Same(3, 1), ClampRange.Relu, residual: skip);
    }

    private static int Conv(ProgramBuilder b, int x, int outputs, int kernel, int stride) => b.Conv(x, outputs, kernel, kernel, Same(kernel, stride), ClampRange.Relu);

    private static ConvGeometry Same(int kernel, int stride) => new(stride, stride, kernel / 2, kernel / 2, kernel / 2, kernel / 2);

    private static IntGraph Classify(ProgramBuilder b, int x, int classes)
    {
        var features = b.Reshape(b.AveragePool(x, PoolGeometry.Global, new()), 0, -1, 1, 1);
        return b.Finish(b.Reshape(b.Conv(features, classes, 1, 1, new(), highPrecision: true), 0, 0));
    }
}
