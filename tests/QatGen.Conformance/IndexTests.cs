using QatGen.Bpu;
using QatGen.Graphs;
using QatGen.Kernels;
using QatGen.Kernels.Reference;
using QatGen.Operators;
using QatGen.Passes;
using QatGen.Primitives;
using QatGen.Torch;
using QatGen.Torch.Tests;
using static TorchSharp.torch;

namespace QatGen.Conformance;

/// <summary>Positions as inputs and outputs of a model.</summary>
public sealed class IndexTests
{
    /// <summary>The largest positions of a map, and what is there.</summary>
    private static Graph Best(March march) => new("Test", "Net", march, new(new GraphInput("x", new(1, 5, 6, 7), 0)), new(
        new Node("ArgMax", "best", new(FormKind.Method, "argmax"), new(0), new() { ["dim"] = 1, ["keepdim"] = true }),
        new Node("Gather", "there", new(FormKind.Method, "gather"), new(0, 1), new() { ["dim"] = 1 }),
        new Node("Gt", "positive", new(FormKind.Symbol, "op_GreaterThan"), new(2), new() { ["right"] = 0 })), new(1, 2, 3));

    [Theory]
    [InlineData(-1)]
    [InlineData(5)]
    [InlineData(int.MaxValue)]
    public void PositionOutside_IsAnErrorOfTheLayerEverywhere(int position)
    {
        using var scope = NewDisposeScope();
        var graph = Nets.Of(Catalogue.Get("Gather").Examples().First(static e => e.Name == "channels"));
        var model = Nets.Calibrated(graph);
        var data = Nets.Batch(graph, batch: 20);
        data[1][19, 3, 2, 6] = (long)position;
        foreach (var state in Enum.GetValues<FakeQuantState>())
        {
            model.SetState(state);
            Expect(() => model.Model.Forward(data));
        }

        var fixedPoint = model.ConvertToFixedPoint();
        QTensor[] inputs = [fixedPoint.Signature.Quantize(0, data[0].data<float>().ToArray(), 20), new([20, 4, 3, 7], DType.QInt32, [.. data[1].data<long>().ToArray().Select(static v => (int)v)], 1.0)];
        Expect(() => ReferenceRunner.Run(fixedPoint, inputs));
        Expect(() => fixedPoint.RunAll(inputs));
        Expect(() => new Simulator(BpuCompiler.Compile(fixedPoint)).Run(inputs));

        void Expect(Action action)
        {
            var violation = Assert.Single(Assert.Throws<QatGenException>(action).Violations);
            Assert.Equal((QuantizationRules.IndexRange, "picked"), (violation.Rule, violation.Layer));
            Assert.Equal([$"{position}", "5"], violation.Arguments);
        }
    }

    [Fact]
    public void Outputs_HaveTheTypesOfTheFloatModel()
    {
        using var scope = NewDisposeScope();
        var model = Nets.Calibrated(Pipeline.Run(Best(March.NashE)).Fused!);
        var x = randn(3, 5, 6, 7);
        foreach (var state in Enum.GetValues<FakeQuantState>())
        {
            model.SetState(state);
            var outputs = model.Model.Forward(x);
            Assert.Equal([ScalarType.Int64, ScalarType.Float32, ScalarType.Bool], outputs.Select(static o => o.dtype));
            Assert.True(outputs[0].eq(x.argmax(1, true)).to(ScalarType.Float32).mean().item<float>() > 0.9);
        }

        Assert.True(model.Model.Forward(x)[2].equal(model.Model.Forward(x)[1].gt(0)).all().item<bool>());
    }

    /// <summary>Both results of a call and the positions of a second one, and a call that ranks otherwise.</summary>
    [Fact]
    public void ValuesAndPositionsOfACall_RankOnce()
    {
        using var scope = NewDisposeScope();
        static Node Largest(int count, string path, int item) => new("TopK", $"{path}.{item}", new(FormKind.Method, "topk"), new(0), new() { ["k"] = count, ["dim"] = 1, ["item"] = item });
        var graph = new Graph("Test", "Net", March.NashE, new(new GraphInput("x", new(1, 9, 2, 3), 0)), new(Largest(3, "best", 0), Largest(3, "best", 1), Largest(3, "again", 1), Largest(2, "two", 1)), new(1, 2, 3, 4));
        var model = Nets.Calibrated(Pipeline.Run(graph).Fused!);
        var fixedPoint = model.ConvertToFixedPoint();
        Assert.Equal([("best.0", 3), ("two.1", 2)], fixedPoint.Record().Nodes.OfType<IntNode.TopK>().Select(static n => (n.Layer, n.Ranking.Count)));
        var x = randn(2, 9, 2, 3);
        model.SetState(FakeQuantState.Validation);
        var expected = model.Model.Forward(x).Skip(1).Select(static o => o.data<long>().ToArray().Select(static v => (int)v)).ToArray();
        QTensor[] inputs = [fixedPoint.Signature.Quantize(0, x.data<float>().ToArray(), 2)];
        foreach (var outputs in new IReadOnlyList<QTensor>[] { ReferenceRunner.Run(fixedPoint, inputs), fixedPoint.RunAll(inputs), new Simulator(BpuCompiler.Compile(fixedPoint)).Run(inputs).Outputs })
        {
            Assert.Equal(expected, outputs.Skip(1).Select(static o => o.Data));
        }
    }

    [Theory]
    [InlineData(March.NashE, true)]
    [InlineData(March.BayesE, false)]
    public void IndexInsideTheModel_IsWhatTheMarchTakes(March march, bool allowed)
    {
        var violations = Pipeline.Run(Best(march)).Violations;
        Assert.Equal(allowed ? [] : [(MarchRules.Limit, "best")], violations.Select(static v => (v.Rule, v.Layer)));
    }

    [Fact]
    public void Input_ThatOnlySaysPositions_IsInt64()
    {
        var gather = new Node("Gather", "there", new(FormKind.Method, "gather"), new(0, 2), new() { ["dim"] = 1 });
        var flatten = new Node("Flatten", "flat", new(FormKind.Method, "flatten"), new(1), new() { ["start_dim"] = 1 });
        var graph = new Graph("Test", "Net", March.NashE, new(new GraphInput("x", new(1, 12), 0), new("i", new(1, 3, 2), 0)), new(flatten, gather with { Inputs = new(0, 2) }), new(3));
        var fused = Pipeline.Run(graph).Fused!;
        Assert.Equal([DType.QInt8, DType.QInt32], fused.Inputs.Select(static i => i.DType));

        using var scope = NewDisposeScope();
        var model = new GraphQat(fused, Nets.State(fused));
        model.Calibrate([[randn(2, 12), randint(12, [2, 3, 2], ScalarType.Int64)]]);
        Assert.Equal([2, 6], model.Model.Forward(randn(2, 12), zeros([2, 3, 2], ScalarType.Int32))[0].shape);
        Assert.Contains("QG3951", Assert.Throws<QatGenException>(() => model.Model.Forward(randn(2, 12), zeros(2, 3, 2))).Message, StringComparison.Ordinal);

        var both = graph with { Inputs = graph.Inputs.Select(static i => i with { DType = DType.QInt32 }).ToSeq() };
        Assert.Equal([(QuantizationRules.TypeNotActivation, "x")], Pipeline.Run(both).Violations.Select(static v => (v.Rule, v.Layer)));
    }
}
