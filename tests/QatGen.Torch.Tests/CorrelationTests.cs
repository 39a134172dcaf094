using QatGen.Operators;
using static TorchSharp.torch;

namespace QatGen.Torch.Tests;

/// <summary>The correlation layer against its formula, written out element by element, and against the program that it is lowered to.</summary>
public sealed class CorrelationTests
{
    public static TheoryData<int, int, int, int, int> Geometries => new()
    {
        { 1, 1, 1, 1, 1 }, { 1, 3, 1, 1, 3 }, { 1, 2, 1, 2, 0 }, { 3, 2, 1, 1, 3 }, { 3, 3, 2, 2, 4 }, { 1, 5, 2, 3, 5 }, { 5, 0, 1, 1, 2 }, { 1, 2, 3, 1, 6 },
    };

    [Theory]
    [MemberData(nameof(Geometries))]
    public void Forward_IsTheFormula(int kernel, int largest, int stride, int step, int padding)
    {
        using var scope = NewDisposeScope();
        manual_seed(5);
        var (x, y) = (randn(2, 3, 7, 8), randn(2, 3, 7, 8));
        var actual = new Nn.Correlation(kernel, largest, stride, step, padding).call(x, y);
        var (expected, shape) = Formula(x, y, kernel, largest, stride, step, padding);
        Assert.Equal(shape, actual.shape);
        Assert.All(expected.Zip(actual.data<float>().ToArray()), static p => Assert.Equal(p.First, p.Second, 1e-5));
    }

    [Fact]
    public void Program_InFloat_IsTheModule()
    {
        using var scope = NewDisposeScope();
        manual_seed(6);
        foreach (var example in Catalogue.Get("Correlation").Examples())
        {
            int Of(string name) => (int)((Graphs.Value.Integer)example.Node.Attributes[name]!).Number;
            var graph = Nets.Of(example);
            var data = Nets.Batch(graph);
            var expected = new Nn.Correlation(Of("kernelSize"), Of("maxDisplacement"), Of("stride1"), Of("stride2"), Of("padSize")).call(data[0], data[1]);
            var actual = ((QatValue.Activation)new GraphQat(graph, Nets.State(graph)).Model.Run(data)[0]).Data;
            Assert.Equal(expected.shape, actual.shape);
            Assert.True((expected - actual).abs().max().item<float>() < 1e-5);
        }
    }

    [Fact]
    public void Gradients_ReachBothMaps()
    {
        using var scope = NewDisposeScope();
        manual_seed(7);
        var (x, y) = (randn(1, 2, 4, 4, requires_grad: true), randn(1, 2, 4, 4, requires_grad: true));
        new Nn.Correlation(padSize: 1).call(x, y).sum().backward();

        // Of an element, the sum over the displacements of what it meets, over the channels.
        var around = nn.functional.avg_pool2d(y.detach(), 3, 1, 1, divisor_override: 1) / 2;
        Assert.True((x.grad! - around).abs().max().item<float>() < 1e-5);
        Assert.True(y.grad!.abs().min().item<float>() > 0);
    }

    [Fact]
    public void BadInput_IsRefused()
    {
        using var scope = NewDisposeScope();
        using var layer = new Nn.Correlation(maxDisplacement: 3);
        Assert.Equal("QG2016", Assert.Throws<QatGenException>(() => layer.call(zeros(1, 2, 4, 4), zeros(1, 2, 4, 5))).Violations[0].Rule.Id);
        Assert.Equal("QG2004", Assert.Throws<QatGenException>(() => layer.call(zeros(1, 2, 6, 8), zeros(1, 2, 6, 8))).Violations[0].Rule.Id);
        Assert.Throws<ArgumentOutOfRangeException>(static () => new Nn.Correlation(kernelSize: 2));
        Assert.Throws<ArgumentOutOfRangeException>(static () => new Nn.Correlation(stride2: 0));
    }

    private static (double[] Values, long[] Shape) Formula(Tensor x, Tensor y, int kernel, int largest, int stride, int step, int padding)
    {
        var (frames, channels, height, width) = ((int)x.shape[0], (int)x.shape[1], (int)x.shape[2], (int)x.shape[3]);
        var (a, b) = (x.data<float>().ToArray(), y.data<float>().ToArray());
        double At(float[] map, int n, int c, int row, int column) => row < 0 || row >= height || column < 0 || column >= width ? 0 : map[(((((n * channels) + c) * height) + row) * width) + column];
        var border = largest + (kernel / 2);
        var (rows, columns) = ((height + (2 * padding) - (2 * border) + stride - 1) / stride, (width + (2 * padding) - (2 * border) + stride - 1) / stride);
        var reach = largest / step;
        var values = new List<double>();
        for (var n = 0; n < frames; n++)
        {
            for (var displacement = 0; displacement < ((2 * reach) + 1) * ((2 * reach) + 1); displacement++)
            {
                var (down, right) = (((displacement / ((2 * reach) + 1)) - reach) * step, ((displacement % ((2 * reach) + 1)) - reach) * step);
                for (var place = 0; place < rows * columns; place++)
                {
                    var (row, column) = ((place / columns * stride) + border - padding, (place % columns * stride) + border - padding);
                    var sum = 0.0;
                    for (var tap = 0; tap < channels * kernel * kernel; tap++)
                    {
                        var (c, r, s) = (tap / (kernel * kernel), row + (tap / kernel % kernel) - (kernel / 2), column + (tap % kernel) - (kernel / 2));
                        sum += At(a, n, c, r, s) * At(b, n, c, r + down, s + right);
                    }

                    values.Add(sum / (channels * kernel * kernel));
                }
            }
        }

        return ([.. values], [frames, ((2 * reach) + 1) * ((2 * reach) + 1), rows, columns]);
    }
}
