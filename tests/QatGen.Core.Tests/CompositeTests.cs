using System.Globalization;
using QatGen.Graphs;
using QatGen.Passes;

namespace QatGen.Core.Tests;

public sealed class CompositeTests
{
    private static readonly AttributeMap Channels = new() { ["dim"] = 1 };

    private static readonly AttributeMap Groups = new() { ["num_groups"] = 2, ["num_channels"] = 8 };

    private static readonly AttributeMap Sequence = new() { ["inputSize"] = 5, ["hiddenSize"] = 3, ["batchFirst"] = true, ["item"] = 0 };

    [Fact]
    public void Softmax_IsExpanded_WithPathsBelowItsOwnAndWideParts()
    {
        var factory = new GraphFactory(1, 8, 4, 4);
        var result = Pipeline.Run(factory.Finish(factory.Of("Softmax", Channels, 0)));
        Assert.Empty(result.Violations);
        var fused = result.Fused!;
        Assert.Equal(
            ["softmax0.max", "softmax0.sub", "softmax0.exp", "softmax0.sum", "softmax0.reciprocal", "softmax0"],
            fused.Nodes.Select(static n => n.Path));
        Assert.Equal([null, DType.QInt16, DType.QInt16, DType.QInt16, DType.QInt16, null], fused.Nodes.Select(static n => n.Output == OutputKind.Quantized ? n.Part!.Type : null));
        Assert.Equal(1 / 32767.5, fused.Nodes[2].Part!.Scale);
        Assert.Equal("Softmax", fused.Nodes[5].Part!.ResultOf);
    }

    [Fact]
    public void Composite_OnAMarchWithoutQInt16_IsRefused()
    {
        var factory = new GraphFactory(1, 8, 4, 4) { March = March.Bernoulli2 };
        var violations = Pipeline.Run(factory.Finish(factory.Of("Softmax", Channels, 0))).Violations;
        Assert.Contains(violations, static v => v.Rule == MarchRules.Primitive && v.Layer == "softmax0");
    }

    [Theory]
    [InlineData("GroupNorm")]
    [InlineData("LSTM")]
    public void Composite_WhoseStructureNeedsAShape_QG2031(string op)
    {
        var factory = new GraphFactory();
        var node = new Node(op, op == "LSTM" ? "rnn.0" : "norm", new(FormKind.Module, op), new(0), op == "LSTM" ? Sequence : Groups);
        var result = Pipeline.Run(factory.Finish() with { Nodes = new(node), Outputs = new(1) });
        Assert.Null(result.Fused);
        Assert.Equal(("QG2031", op == "LSTM" ? "rnn" : "norm"), result.Violations.Where(static v => v.Rule.Severity == RuleSeverity.Error).Select(static v => (v.Rule.Id, v.Layer)).Single());
    }

    /// <summary>A step of a sequence, of one sample without a batch, of features that the layer does not have, and of such states.</summary>
    [Theory]
    [InlineData("LSTMCell", ".0", "2,3,5")]
    [InlineData("GRUCell", "", "2,3,5")]
    [InlineData("RNNCell", "", "2,3,5")]
    [InlineData("RNNCell", "", "5")]
    [InlineData("GRUCell", "", "2,4")]
    [InlineData("LSTMCell", ".0", "2,5", "2,3", "2,1,3")]
    [InlineData("GRUCell", "", "2,5", "1,2,3")]
    [InlineData("RNNCell", "", "2,5", "2,1")]
    [InlineData("GRU", ".0", "2,5")]
    [InlineData("LSTM", ".0", "2,4,6")]
    [InlineData("RNN", ".0", "1,2,4,5")]
    public void RecurrentLayer_OfAnInputOrStateOfAnotherShape_QG2016(string op, string item, params string[] shapes)
    {
        var inputs = shapes.Select(static (s, i) => new GraphInput($"x{i}", s.Split(',').Select(static d => int.Parse(d, CultureInfo.InvariantCulture)).ToSeq(), 0)).ToSeq();
        var arguments = item.Length > 0 ? Sequence : new(Sequence.Where(static a => a.Key != "item"));
        var graph = new GraphFactory().Finish() with { Inputs = inputs, Nodes = new(new Node(op, "rnn" + item, new(FormKind.Module, op), Enumerable.Range(0, inputs.Count).ToSeq(), arguments)), Outputs = new(inputs.Count) };
        Assert.Equal(("QG2016", "rnn"), Pipeline.Run(graph).Violations.Where(static v => v.Rule.Severity == RuleSeverity.Error).Select(static v => (v.Rule.Id, v.Layer)).First());
    }

    private static readonly Node Function = new("Linear", "linear", new(FormKind.Functional, "linear"), new(0, 1), new());

    [Fact]
    public void LayerWrittenAsFunction_IsThatOfTheModule_WithTheParametersOfItsArguments()
    {
        Node[] state = [Operators.ConstantTensor.Read("w", "w", isParameter: true, new Seq<int>(7, 5)), Operators.ConstantTensor.Read("b", "b", isParameter: true, new Seq<int>(7))];
        var relu = new Node("ReLU", "relu", new(FormKind.Module, "ReLU"), new(3), new());
        var fused = Pipeline.Run(new GraphFactory(1, 5).Finish() with { Nodes = new([.. state, Function with { Inputs = new(0, 1, 2) }, relu]), Outputs = new(4) }).Fused!;
        Assert.Equal(("Linear", "w", "b", 1), fused.Nodes.Select(static n => (n.Operator, n.WeightName, n.BiasName, n.Absorbed.Count)).Single());
    }

    /// <summary>A weight that is computed, and one of two layers.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void LayerWrittenAsFunction_OfNoParameterOfItsOwn_QG1007(bool isComputed)
    {
        var weight = isComputed ? new Node("ReLU", "relu", new(FormKind.Module, "ReLU"), new(0), new()) : Operators.ConstantTensor.Read("w", "w", isParameter: true, new Seq<int>(5, 5));
        var second = Function with { Path = "linear_1", Inputs = new(2, 1) };
        var graph = new GraphFactory(5, 5).Finish() with { Nodes = isComputed ? new(weight, Function) : new(weight, Function, second), Outputs = new(isComputed ? 2 : 3) };
        Assert.Equal(("QG1007", isComputed ? "linear" : "linear_1"), Pipeline.Run(graph).Violations.Where(static v => v.Rule.Severity == RuleSeverity.Error).Select(static v => (v.Rule.Id, v.Layer)).Single());
    }

    [Fact]
    public void StepsOfALayer_ShareItsParameters()
    {
        var graph = new GraphFactory(1, 3, 5).Finish() with { Nodes = new(new Node("LSTM", "rnn.0", new(FormKind.Module, "LSTM"), new(0), Sequence)), Outputs = new(1) };
        var linear = Pipeline.Run(graph).Fused!.Nodes.Where(static n => n.Operator == "Linear").ToArray();
        Assert.Equal(6, linear.Length);
        Assert.Equal(["rnn.weight_hh_l0", "rnn.weight_ih_l0"], linear.Select(static n => n.WeightName).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(["rnn.l0_hh", "rnn.l0_ih"], linear.Select(static n => n.ModulePath).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(3, linear.Count(static n => n.Absorbed.Count == 1));
    }
}
