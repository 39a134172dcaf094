using QatGen.Graphs;
using QatGen.Operators;
using QatGen.Primitives;
using QatGen.Torch;
using QatGen.Torch.Tests;
using TorchSharp;
using static TorchSharp.torch;

namespace QatGen.Conformance;

/// <summary>A small trained-like model and data for it, on every rung: float, QAT in VALIDATION, fixed point.</summary>
internal sealed class Ladder : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Graph _graph;
    private readonly GraphQat _qat;
    private readonly Tensor[] _data;

    /// <summary>Random parameters, calibrated on data of spread 1; <paramref name="spread"/> of the data it is then run on: above 1 saturates.</summary>
    public Ladder(Graph graph, int batch, double spread, QConfig? config = null)
    {
        _graph = graph;
        _qat = Nets.Calibrated(graph, config: config);
        _data = Nets.Batch(graph, batch, spread);
        FixedPoint = _qat.ConvertToFixedPoint();
        Inputs = Nets.Quantized(FixedPoint.Signature, _data);
        Trained = _qat.ValidationIntegers(_data);
    }

    public FixedPointModel FixedPoint { get; }

    public QTensor[] Inputs { get; }

    /// <summary>The integers of QAT in VALIDATION.</summary>
    public QTensor Trained { get; }

    /// <summary>A case of the suite: one operator call inside a model for a march, with inputs and result of given types.</summary>
    public static Ladder Of(string op, string example, March march, DType input, DType output, double spread = 1)
    {
        var graph = Nets.Of(Catalogue.Get(op).Examples().First(e => e.Name == example)) with { March = march };
        return new(graph, batch: 2, spread, new() { ActivationType = output, Types = [.. graph.Inputs.Select(i => LayerType.OfInput(i.Name, input))] });
    }

    /// <summary>The reals that the same program, of one node, gives in float for the inputs, weights and biases that the integers stand for.</summary>
    public float[] Real()
    {
        using var grad = no_grad();
        var state = Torch.Tests.Nets.State(_graph);
        var tensors = FixedPoint.Constants.OfType<TensorConstant>().GetEnumerator();
        foreach (var node in _qat.Model.Nodes.Where(static n => n.Value is not null))
        {
            tensors.MoveNext();
            state[((Value.Text)node.Node.Attributes["target"]!).Content] = tensor(tensors.Current.Values.Select(q => (float)(q * tensors.Current.Scale)).ToArray(), [.. tensors.Current.Shape.Select(static d => (long)d)]);
        }

        var real = new GraphQat(_graph, state);
        foreach (var (node, trained) in real.Model.Nodes.Zip(_qat.Model.Nodes).Where(static p => p.Second.Weight is not null))
        {
            var (quantizer, shape) = (trained.WeightQuantizer!, trained.Weight!.shape);
            var perChannel = (int)(trained.Weight.numel() / quantizer.Scales.Length);
            node.Weight!.copy_(tensor(quantizer.WeightConstant(trained.Weight).Values.Select((q, i) => q * quantizer.Scales[i / perChannel]).ToArray()).reshape(shape));
            node.Bias!.copy_(tensor(quantizer.BiasConstant(trained.Bias!).Values.Select((q, c) => (float)(q * FixedPoint.Signature.Inputs[0].Scales[0] * quantizer.Scales[c])).ToArray()));
        }

        var inputs = Inputs.Select(static q => tensor(q.Dequantize(), [.. q.Shape.Select(static d => (long)d)])).ToArray();
        return ((QatValue.Activation)real.Model.Run(inputs)[0]).Data.data<float>().ToArray();
    }

    public void Dispose() => _scope.Dispose();
}
