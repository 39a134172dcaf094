using QatGen.Graphs;
using QatGen.Operators;
using QatGen.Primitives;
using QatGen.Torch;
using QatGen.Torch.Observers;
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

    /// <summary>Random parameters, calibrated on data of spread 1, and a first batch of <paramref name="spread"/>, on which it is calibrated too where the observers keep the largest range.</summary>
    public Ladder(Graph graph, int batch, double spread, QConfig? config = null)
    {
        _graph = graph;
        _qat = Nets.Calibrated(graph, config: config);
        if (config?.Activation.Observer is ObserverSettings.MinMax)
        {
            var data = Nets.Batch(graph, batch, spread);
            _qat.Calibrate([[.. data.Select(static x => x.clone())]]);
            FixedPoint = _qat.ConvertToFixedPoint();
            (Inputs, Trained) = (Nets.Quantized(FixedPoint.Signature, data), _qat.ValidationIntegers(data));
            return;
        }

        FixedPoint = _qat.ConvertToFixedPoint();
        Draw(batch, spread);
    }

    public FixedPointModel FixedPoint { get; }

    public QTensor[] Inputs { get; private set; } = [];

    /// <summary>The largest error of the node's table in steps of its result; 0 for a node without.</summary>
    public double TableError => _qat.TableReports().Select(static r => r.LargestError).DefaultIfEmpty().Max();

    /// <summary>The integers of QAT in VALIDATION.</summary>
    public QTensor Trained { get; private set; } = null!;

    /// <summary>New data of a <paramref name="spread"/>, above 1 beyond what was calibrated, and what VALIDATION makes of it.</summary>
    public void Draw(int batch, double spread)
    {
        var data = Nets.Batch(_graph, batch, spread);
        (Inputs, Trained) = (Nets.Quantized(FixedPoint.Signature, data), _qat.ValidationIntegers(data));
    }

    /// <summary>A case of the suite: one operator call inside a model for a march, with inputs and result of given types.</summary>
    public static Ladder Of(string op, string example, March march, DType input, DType output)
    {
        var graph = Nets.Of(Catalogue.Get(op).Examples().First(e => e.Name == example)) with { March = march };
        return new(graph, batch: 2, spread: 1, new() { Activation = new() { DType = output }, Rules = [.. graph.Inputs.Select(i => Selector.Input(i.Name).To(input))] });
    }

    /// <summary>The same, where nothing that the first batch gives exceeds its range.</summary>
    public static Ladder Covering(string op, string example, March march, DType input, DType output)
    {
        var graph = Nets.Of(Catalogue.Get(op).Examples().First(e => e.Name == example)) with { March = march };
        return new(graph, batch: 2, spread: 1, new() { Activation = new() { DType = output, Observer = new ObserverSettings.MinMax() }, Rules = [.. graph.Inputs.Select(i => Selector.Input(i.Name).To(input))] });
    }

    /// <summary>The reals that the same program gives in float for the inputs, weights and biases that the integers stand for; a composite's own parameters are taken as they are.</summary>
    public float[] Real()
    {
        using var grad = no_grad();
        var state = Torch.Tests.Nets.State(_graph);
        if (!IsRoundedOnce(_graph.Nodes))
        {
            return Run(new(_graph, state));
        }

        var tensors = FixedPoint.Constants.OfType<TensorConstant>().GetEnumerator();
        foreach (var node in _qat.Model.Nodes.Where(static n => n.Value is not null))
        {
            tensors.MoveNext();
            state[((Value.Text)node.Node.Attributes["target"]!).Content] = tensor(tensors.Current.Values.Select(q => (float)(q * tensors.Current.Scale)).ToArray(), [.. tensors.Current.Shape.Select(static d => (long)d)]).to(tensors.Current.DType == DType.QInt32 ? ScalarType.Int64 : ScalarType.Float32);
        }

        var real = new GraphQat(_graph, state);
        foreach (var (node, trained) in real.Model.Nodes.Zip(_qat.Model.Nodes).Where(static p => p.Second.Weight is not null))
        {
            var (quantizer, shape) = (trained.WeightQuantizer!, trained.Weight!.shape);
            var perChannel = (int)(trained.Weight.numel() / quantizer.Scales.Length);
            node.Weight!.copy_(tensor(quantizer.WeightConstant(trained.Weight).Values.Select((q, i) => q * quantizer.Scales[i / perChannel]).ToArray()).reshape(shape));
            node.Bias!.copy_(tensor(quantizer.BiasConstant(trained.Bias!).Values.Select((q, c) => (float)(q * FixedPoint.Signature.Inputs[0].Scales[0] * quantizer.Scales[c])).ToArray()));
        }

        return Run(real);
    }

    /// <summary>Whether no operator was expanded into parts that round in between; a layer written as a function is but the layer.</summary>
    public static bool IsRoundedOnce(IEnumerable<Node> nodes) => nodes.All(static n => n.Part is null || n.Part.ResultOf == n.Operator);

    private float[] Run(GraphQat real)
    {
        var inputs = Inputs.Select((q, i) => tensor(q.Dequantize(), [.. q.Shape.Select(static d => (long)d)]).to(_graph.Inputs[i].IsMask ? ScalarType.Bool : q.DType == DType.QInt32 ? ScalarType.Int64 : ScalarType.Float32)).ToArray();
        return ((QatValue.Activation)real.Model.Run(inputs)[0]).Data.to(ScalarType.Float32).data<float>().ToArray();
    }

    public void Dispose() => _scope.Dispose();
}
