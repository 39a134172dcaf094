using QatGen.Arithmetic;
using QatGen.Operators;
using QatGen.Primitives;
using QatGen.Torch.Functions;
using QatGen.Torch.Modules;
using QatGen.Torch.Quantizers;
using static TorchSharp.torch;
using Activation = QatGen.Torch.QatValue.Activation;

namespace QatGen.Torch.Tests.Golden;

/// <summary>The integer primitives against PyTorch's int8 engines: equal outside the tie window.</summary>
public sealed class IntegerOperatorTests
{
    private static readonly string[] Engines = ["y_qnnpack", "y_onednn", "y_fbgemm_lt210", "y_x86_lt210", "y_qnnpack_lt210", "y_onednn_lt210"];

    [Fact]
    public void Conv_EachCase_EqualsPyTorch() => Check("quantized.conv2d", 32, static (p, c) =>
    {
        var padding = c.Integer("padding");
        return Rescale(p, c, Sum(c, new(c.Integer("stride"), c.Integer("stride"), padding, padding, padding, padding, c.Integer("dilation"), c.Integer("dilation"), c.Integer("groups"))));
    });

    [Fact]
    public void Linear_EachCase_EqualsPyTorch() => Check("quantized.linear", 4, static (p, c) => Rescale(p, c, Sum(c, new())));

    [Fact]
    public void Add_EachCase_EqualsPyTorch() => Check("quantized.add", 4, static (p, c) => Rescale(p, c, Input(c, "x"), Input(c, "x2")));

    [Fact]
    public void Concat_EachCase_EqualsPyTorch() => Check("quantized.cat", 2, static (p, c) =>
    {
        var parts = new[] { Input(c, "x"), Input(c, "x2") };
        return (p.Concat(parts, Output(c), c.Integer("dim")), cat([.. parts.Select(part => Real(c, part))], c.Integer("dim")));
    });

    [Fact]
    public void SumPool_AveragePool_EqualsPyTorch() => Check("avg_pool2d", 1, static (p, c) => Rescale(p, c, (Activation)p.SumPool(Input(c, "x"), new(2, 2, 2, 2), new())));

    [Theory]
    [InlineData("adaptive_avg_pool2d")]
    [InlineData("mean")]
    public void SumPool_GlobalAverage_EqualsPyTorch(string op) => Check(op, 1, static (p, c) => Rescale(p, c, (Activation)p.SumPool(Input(c, "x"), PoolGeometry.Global, new())));

    [Fact]
    public void MaxPool_EachCase_EqualsPyTorch() => Check("max_pool2d", 1, static (p, c) => Exact(p.MaxPool(Input(c, "x"), new(2, 2, 2, 2))));

    [Fact]
    public void Clamp_Relu_EqualsPyTorch() => Check("relu", 1, static (p, c) => Exact(p.Clamp(Input(c, "x"), new QatValue.ClampSource(ClampRange.Relu))));

    private static void Check(string op, int count, Func<IntegerPrimitives, GoldenCase, (QatValue Result, Tensor Real)> run)
    {
        var cases = GoldenFile.Read("quant_s8").Where(c => c.Op == op || c.Op == op + "_relu").ToArray();
        Assert.Equal(count, cases.Length);
        foreach (var c in cases)
        {
            using var scope = NewDisposeScope();
            var (result, real) = run(new(FakeQuantState.Validation), c);
            var (actual, v) = (((Activation)result).Data.contiguous().data<float>().ToArray(), real.contiguous().data<double>().ToArray());
            foreach (var engine in Engines.Where(c.Outputs.ContainsKey))
            {
                var expected = c.Outputs[engine].Data;
                Assert.Equal(expected.Length, actual.Length);
                for (var i = 0; i < actual.Length; i++)
                {
                    Assert.True(Math.Abs(expected[i] - actual[i]) <= (GoldenFile.IsTie(v[i]) ? 1 : 0), $"{c.Name} {engine}[{i}]: {actual[i]} is not {expected[i]}, v = {v[i]:R}");
                }
            }
        }
    }

    private static (QatValue, Tensor) Rescale(IntegerPrimitives p, GoldenCase c, params Activation[] terms) =>
        (p.Rescale(terms, Output(c)), terms.Select(t => Real(c, t)).Aggregate(static (a, b) => a + b));

    private static (QatValue, Tensor) Exact(QatValue result) => (result, ((Activation)result).Data.to(ScalarType.Float64));

    private static Activation Input(GoldenCase c, string name) => new(c.Inputs[name].Float, Quantity.Of(c.Real(name + "_scale"), DType.QInt8));

    private static QatValue.RescaleSource Output(GoldenCase c)
    {
        var role = new ConstantRole(ConstantKind.Rescale, "output", Seq<int>.Empty, c.Op.EndsWith("relu", StringComparison.Ordinal) ? ClampRange.Relu : ClampRange.None, DType.QInt8);
        return new(role, new OutputQuantizer("y", ActivationQuantization.BuiltIn.Fixed(c.Real("y_scale"))));
    }

    /// <summary>The accumulator of a convolution, or of a linear layer as a 1x1 one, from given integer weights.</summary>
    private static Activation Sum(GoldenCase c, ConvGeometry geometry)
    {
        static Tensor Map(Tensor t) => t.reshape([.. t.shape, .. Enumerable.Repeat(1L, 4 - (int)t.dim())]);
        var (x, w) = (Map(c.Inputs["x"].Float), Map(c.Inputs["w"].Float));
        var scales = c.Inputs.TryGetValue("w_scales", out var perChannel) ? perChannel.Data : [.. Enumerable.Repeat(c.Real("w_scale"), (int)w.shape[0])];
        double[] steps = [.. scales.Select(s => c.Real("x_scale") * s)];
        var bias = BiasFunction.Run(c.Inputs["bias"].Float, steps).to(ScalarType.Float32);
        var quantity = new Quantity(LaneKind.Channel, new(steps), steps.Select(static _ => 1).ToSeq(), steps.Select(static _ => 1L << 24).ToSeq(), Seq<int>.Empty);
        return new(TorchConv.Run(x, w, geometry, bias), quantity, DType.QInt32);
    }

    /// <summary>A term's part of the value before rounding.</summary>
    private static Tensor Real(GoldenCase c, Activation term)
    {
        double[] multipliers = [.. Enumerable.Range(0, term.Known.Count).Select(lane => term.Known.Multiplier(lane, c.Real("y_scale")))];
        return term.Data.to(ScalarType.Float64) * tensor(multipliers).reshape(1, -1, 1, 1);
    }
}
