using QatGen.Arithmetic;
using QatGen.Graphs;
using QatGen.Operators;
using QatGen.Primitives;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace QatGen.Torch.Tests;

/// <summary>Functions by table, in float against TorchSharp's own and in training.</summary>
public sealed class TableTests
{
    /// <summary>Each operator's own example, written with TorchSharp.</summary>
    private static readonly Dictionary<string, Func<Tensor, Tensor>> Functions = new()
    {
        ["Acos"] = acos,
        ["Acosh"] = acosh,
        ["Asin"] = asin,
        ["Asinh"] = asinh,
        ["Atan"] = atan,
        ["Atanh"] = atanh,
        ["Cos"] = cos,
        ["Cosh"] = cosh,
        ["Sin"] = sin,
        ["Sinh"] = sinh,
        ["Tan"] = tan,
        ["Erf"] = erf,
        ["Erfc"] = erfc,
        ["Exp"] = exp,
        ["Exp2"] = exp2,
        ["Expm1"] = expm1,
        ["Log"] = log,
        ["Log2"] = log2,
        ["Log10"] = log10,
        ["Log1p"] = log1p,
        ["Reciprocal"] = reciprocal,
        ["Rsqrt"] = rsqrt,
        ["Sqrt"] = sqrt,
        ["Pow"] = static x => pow(x, 3),
        ["Sigmoid"] = sigmoid,
        ["Tanh"] = tanh,
        ["SiLU"] = static x => F.silu(x),
        ["Mish"] = static x => F.mish(x),
        ["Softsign"] = static x => F.softsign(x),
        ["LogSigmoid"] = static x => F.logsigmoid(x),
        ["Tanhshrink"] = static x => F.tanhshrink(x),
        ["Hardswish"] = static x => F.hardswish(x),
        ["Hardsigmoid"] = static x => F.hardsigmoid(x),
        ["GELU"] = static x => F.gelu(x),
        ["Softplus"] = static x => F.softplus(x, beta: 2),
        ["ELU"] = static x => F.elu(x, 0.5),
        ["CELU"] = static x => F.celu(x, 2),
        ["SELU"] = static x => F.selu(x),
        ["LeakyReLU"] = static x => F.leaky_relu(x, 0.2),
        ["RReLU"] = static x => F.rrelu(x, 1.0 / 8, 1.0 / 3),
        ["Softshrink"] = static x => F.softshrink(x),
    };

    public static TheoryData<string> Operators => new(Catalogue.All.Where(static o => o.Forms.Count > 0 && o.Examples().FirstOrDefault() is { } e && o.Constants(e.Node).Any(static r => r.Kind == ConstantKind.Table)).Select(static o => o.Name));

    [Theory]
    [MemberData(nameof(Operators))]
    public void Function_AndItsDerivative_AreTorchSharps(string op)
    {
        using var scope = NewDisposeScope();
        var function = Function(Catalogue.Get(op).Examples().First().Node);
        double[] points = [.. Enumerable.Range(-399, 800).Select(static i => (i + 0.37) / 100).Where(function.IsDefined)];
        var x = tensor(points).requires_grad_();
        var y = Functions[op](x);
        y.sum().backward();
        Assert.All(points.Zip(y.data<double>(), x.grad!.data<double>()), p =>
        {
            Assert.InRange(function.Value(p.First) - p.Second, -Tolerance(p.Second), Tolerance(p.Second));
            Assert.InRange(function.Derivative(p.First) - p.Third, -1e-4 * Tolerance(p.Third) / 1e-11, 1e-4 * Tolerance(p.Third) / 1e-11);
        });

        static double Tolerance(double value) => 1e-11 * (1 + Math.Abs(value));
    }

    [Fact]
    public void Function_OfOtherArguments_IsTorchSharps()
    {
        using var scope = NewDisposeScope();
        var x = linspace(-4, 4, 101, ScalarType.Float64);
        Node Call(string op, AttributeMap arguments) => new(op, "f", new(FormKind.Module, op), new(0), arguments);
        (Node, Tensor)[] cases =
        [
            (Call("GELU", new() { ["approximate"] = new Value.Member("TorchSharp.Modules.GELU.Approximate.tanh") }), F.gelu(x, TorchSharp.Modules.GELU.Approximate.tanh)),
            (Call("ELU", new() { ["alpha"] = 0.7, ["scale"] = 1.5, ["input_scale"] = 0.5 }), x.elu(0.7, 1.5, 0.5)),
            (Call("Softplus", new() { ["beta"] = 4, ["threshold"] = 3 }), F.softplus(x, 4, 3)),
            (Call("Pow", new() { ["exponent"] = -2 }), x.pow(-2)),
            (Call("LeakyReLU", new()), F.leaky_relu(x)),
        ];
        Assert.All(cases, c => Assert.All(x.data<double>().Zip(c.Item2.data<double>()), p =>
            Assert.True(p.Second == Function(c.Item1).Value(p.First) || Math.Abs(p.Second - Function(c.Item1).Value(p.First)) < 1e-11 * (1 + Math.Abs(p.Second)), $"{Function(c.Item1).Name}({p.First})")));
    }

    [Theory]
    [InlineData(DType.QInt8)]
    [InlineData(DType.QInt16)]
    public void Backward_Table_IsTheFunctionsSlopeInsideTheRange(DType type)
    {
        using var scope = NewDisposeScope();
        var graph = Nets.Of([1, 50], Call("exp"));
        var model = new GraphQat(graph, new Dictionary<string, Tensor>(), new() { Activation = new() { DType = type } });
        var x = linspace(-1, 1, 50).reshape(1, 50);
        model.Calibrate([x.clone()]);
        model.SetState(FakeQuantState.Validation);
        var input = x.clone().requires_grad_();
        model.call(input).sum().backward();
        Assert.True(input.grad!.sub(x.exp()).abs()[.., 1..49].max().item<float>() < (type == DType.QInt8 ? 0.03 : 2e-3));

        // Beyond the calibrated range both quantizers stop the gradient.
        var beyond = tensor(new float[] { 3 }).expand(1, 50).clone().requires_grad_();
        model.call(beyond).sum().backward();
        Assert.Equal(0, beyond.grad!.abs().max().item<float>());
    }

    [Fact]
    public void TableReports_AfterConvert_SayHowWellEachTableFollows()
    {
        using var scope = NewDisposeScope();
        foreach (var split in new[] { TableSplit.Even, TableSplit.Curvature })
        {
            var graph = Nets.Of([1, 50], Call("sigmoid"), Call("exp", 1));
            var model = Nets.Calibrated(graph, config: new() { Rules = [Selector.Input("x").To(DType.QInt16)], TableSplit = split });
            model.ConvertToFixedPoint();
            var reports = model.TableReports();
            Assert.Equal([("f0", "Sigmoid", DType.QInt16, DType.QInt8), ("f1", "Exp", DType.QInt8, DType.QInt8)], reports.Select(static r => (r.Layer, r.Function, r.Input, r.Output)));
            Assert.Equal(split, reports[0].Split);
            Assert.All(reports, static r => Assert.InRange(r.LargestError, 0.4, 0.52));
            Assert.StartsWith($"f0: Sigmoid qint16 -> qint8, {split}, error 0.5", reports[0].ToString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(FakeQuantState.Calibration)]
    [InlineData(FakeQuantState.Qat)]
    public void Observe_OutsideTheDomain_IsCountedAndLeftOut(FakeQuantState state)
    {
        using var scope = NewDisposeScope();
        var graph = Nets.Of([1, 4], Call("log"));
        var model = new GraphQat(graph, new Dictionary<string, Tensor>());
        var x = tensor(new float[] { -1, 0, 1, 2 }).reshape(1, 4);
        model.Model.Inputs[0].Quantizer.Observe(-2, 2);
        model.SetState(state);
        model.call(x);
        Assert.Equal(Math.Log(2) / 127.5, model.Model.Nodes[0].OutputQuantizer!.Scale, 2e-4);
        model.ConvertToFixedPoint();
        Assert.Equal(2, model.TableReports()[0].Outside);

        BadInputTests.Expect(QuantizationRules.OutOfDomain, "f0", () => model.call(-x.abs()));
    }

    [Fact]
    public void Calibrate_NaN_NamesTheLayer()
    {
        using var scope = NewDisposeScope();
        var model = new GraphQat(Nets.Of([1, 2], Call("log")), new Dictionary<string, Tensor>());
        Assert.Contains(Assert.Throws<QatGenException>(() => model.Calibrate([tensor(new[] { float.NaN, 1f }).reshape(1, 2)])).Violations, static v => v.Rule == QuantizationRules.NotANumber);
    }

    private static Node Call(string function, int x = 0) => new(Catalogue.Find(new(FormKind.Torch, function))!.Name, $"f{x}", new(FormKind.Torch, function), new(x), new());

    private static TableFunction Function(Node node) => Catalogue.Get(node.Operator).Constants(node)[0].Function!;
}
