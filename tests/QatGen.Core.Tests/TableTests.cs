using QatGen.Arithmetic;
using QatGen.Graphs;
using QatGen.Operators;
using QatGen.Primitives;

namespace QatGen.Core.Tests;

public sealed class TableTests
{
    private static readonly TableFunction Sigmoid = new("sigmoid", static x => 1 / (1 + Math.Exp(-x)));

    public static TheoryData<DType, DType, TableSplit> Kinds => new()
    {
        { DType.QInt8, DType.QInt8, TableSplit.Automatic },
        { DType.QInt8, DType.QInt16, TableSplit.Automatic },
        { DType.QInt16, DType.QInt8, TableSplit.Even },
        { DType.QInt16, DType.QInt8, TableSplit.Curvature },
        { DType.QInt16, DType.QInt16, TableSplit.Even },
        { DType.QInt16, DType.QInt16, TableSplit.Curvature },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Build_Sigmoid_IsTheRoundedFunction(DType input, DType output, TableSplit split)
    {
        var (from, to) = (Quantization.Scale(-8, 8, input), Quantization.Scale(0, 1, output));
        var fit = TableBuilder.Build(TableBuilder.Reals(Sigmoid, from, input), to, output, split, ClampRange.None);
        var results = fit.Constant.Expand();
        var largest = results.Select((y, i) => Math.Abs(y - Math.Min(Sigmoid.Value((input.Min() + i) * (double)from) / to, output.Max()))).Max();
        Assert.Equal(largest, fit.LargestError, 1e-9);
        Assert.InRange(largest, 0.49, input == DType.QInt8 ? 0.5 : output == DType.QInt8 ? 0.51 : split == TableSplit.Even ? 2.5 : 1.5);
        Assert.True(fit.Constant.IsValid());
        Assert.InRange(fit.MeanError, 0, largest);
    }

    [Fact]
    public void Build_Automatic_TakesTheSmallerError()
    {
        foreach (var function in new[] { Sigmoid, new("exp", Math.Exp), new("sin", static x => Math.Sin(6 * x)) })
        {
            var reals = TableBuilder.Reals(function, 4 / 32767.5, DType.QInt16);
            var scale = reals.Max(Math.Abs) / 32767.5;
            TableFit Fit(TableSplit split) => TableBuilder.Build(reals, scale, DType.QInt16, split, ClampRange.None);
            Assert.Equal(Math.Min(Fit(TableSplit.Even).LargestError, Fit(TableSplit.Curvature).LargestError), Fit(TableSplit.Automatic).LargestError);
        }
    }

    /// <summary>A corner costs nothing where segments follow the curvature, and a step lies between two inputs.</summary>
    [Fact]
    public void Build_CornerAndStep_AreExactToTheEntries()
    {
        Assert.InRange(Error(static x => Math.Max(x, 0.2 * x)), 0, 1.5);
        Assert.InRange(Error(static x => x < 0.7 ? -0.5 : 0.5), 0, 0.5);

        static double Error(Func<double, double> f) =>
            TableBuilder.Build(TableBuilder.Reals(new("f", f), 3 / 32767.5, DType.QInt16), 3 / 32767.5, DType.QInt16, TableSplit.Curvature, ClampRange.None).LargestError;
    }

    /// <summary>With the results that were observed 1/x is as smooth as any function; without, its two sides share the segments.</summary>
    [Fact]
    public void Build_OfObservedResults_SpendsSegmentsOnThem()
    {
        const double from = 11 / 32767.5, to = 1 / 32767.5;
        var reals = TableBuilder.Reals(new("reciprocal", static x => 1 / x), from, DType.QInt16);
        TableFit Fit(TableSplit split, ClampRange observed) => TableBuilder.Build(reals, to, DType.QInt16, split, observed);
        Assert.InRange(Fit(TableSplit.Automatic, ClampRange.None).LargestError, 100, 1000);
        var fit = Fit(TableSplit.Automatic, new(1 / 11.0, 1));
        var results = fit.Constant.Expand();
        var errors = Enumerable.Range(0, results.Length).Where(i => reals[i] is >= 1 / 11.0 and <= 1).Select(i => Math.Abs(results[i] - (reals[i] / to))).ToArray();
        Assert.InRange(errors.Max(), 0.5, fit.LargestError);
        Assert.InRange(fit.LargestError, 0.5, 25);
    }

    [Fact]
    public void Build_AnyOperator_HasNoNaNAndSaturatesAtItsEdges()
    {
        foreach (var op in Catalogue.All)
        {
            foreach (var role in op.Examples().SelectMany(e => op.Constants(e.Node)).Where(static r => r.Kind == ConstantKind.Table))
            {
                Assert.All(TableBuilder.Reals(role.Function!, 0.3, DType.QInt8), v => Assert.False(double.IsNaN(v), role.Function!.Name));
                Assert.All(TableBuilder.Reals(role.Function!, 0.3, DType.QInt8), (_, i) => Assert.True(double.IsFinite(role.Function!.Derivative((i - 128) * 0.3)), role.Function!.Name));
            }
        }

        int At(string op, int q) => TableBuilder.Build(TableBuilder.Reals(Function(op), 0.1, DType.QInt8), 0.05, DType.QInt8, TableSplit.Automatic, ClampRange.None).Constant.Values[q + 128];
        Assert.Equal((-128, -128, 0, 127), (At("Log", 0), At("Log", -5), At("Sqrt", -5), At("Reciprocal", 0)));
        Assert.Equal((63, 0, 0, 127), (At("Acos", -128), At("Acos", 50), At("Acosh", -20), At("Rsqrt", 0)));
    }

    [Fact]
    public void Derivative_OfSmoothFunctions_IsTheirs()
    {
        foreach (var x in new[] { -3, -0.5, 0, 1e-4, 0.7, 2.5 })
        {
            Assert.Equal(Math.Cos(x), Function("Sin").Derivative(x), 1e-8);
            Assert.Equal(Math.Exp(x), Function("Exp").Derivative(x), 1e-6);
        }

        Assert.Equal(0, Function("Log").Derivative(-1));
        Assert.Equal(0, Function("Reciprocal").Derivative(0));
    }

    [Fact]
    public void Expand_ExtremeNumbers_StayInsideTheType()
    {
        var random = new Random(1);
        for (var round = 0; round < 20; round++)
        {
            int[] splits = [.. Enumerable.Range(0, 7).Select(_ => random.Next(short.MinValue, short.MaxValue + 2)).Order()];
            int[] values = [.. Enumerable.Range(0, 384).Select(_ => random.Next(2) == 0 ? short.MinValue : short.MaxValue)];
            var table = new TableConstant(DType.QInt16, round % 2 == 0 ? DType.QInt8 : DType.QInt16, new(values), new(splits), new(int.MinValue, int.MaxValue));
            Assert.True(table.IsValid());
            Assert.All(table.Expand(), y => Assert.InRange(y, table.DType.Min(), table.DType.Max()));
        }
    }

    [Fact]
    public void Lut_OfAnotherType_IsAViolation()
    {
        var table = TableBuilder.Build(TableBuilder.Reals(Sigmoid, 0.1, DType.QInt8), 0.01, DType.QInt8, TableSplit.Automatic, ClampRange.None).Constant;
        foreach (var (type, fits) in new[] { (DType.QInt8, true), (DType.QInt16, false), (DType.QInt32, false) })
        {
            var checker = new FactChecker();
            checker.Layer("f");
            checker.Lut(Fact.Of(new(1, 3), type), Fact.Of(table));
            Assert.Equal(fits ? [] : [ShapeRules.TableInput], checker.Violations.Select(static v => v.Rule));
        }
    }

    [Fact]
    public void Check_TwoTensors_IsRefused()
    {
        var power = new Node("Pow", "pow", new(FormKind.Method, "pow"), new(0, 1), new());
        Assert.Equal(CaptureRules.Argument, Assert.Single(Catalogue.Get("Pow").Check(power)).Rule);
    }

    private static TableFunction Function(string op) => Catalogue.Get(op).Constants(Catalogue.Get(op).Examples().First().Node)[0].Function!;
}
