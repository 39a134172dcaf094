using QatGen.Graphs;
using QatGen.Passes;
using QatGen.Primitives;
using static TorchSharp.torch;

namespace QatGen.Torch;

/// <summary>The QAT model of a fused graph without generated code: what the generated class spells out, read from the graph. <c>forward</c> is for graphs with one input and output.</summary>
internal sealed class GraphQat : nn.Module<Tensor, Tensor>, IQatModule
{
    private readonly Graph _graph;

    public GraphQat(Graph fused, IReadOnlyDictionary<string, Tensor> floatState, QConfig? config = null) : base(fused.Type + "Qat")
    {
        (_graph, Model) = (fused, new(this, fused.Type, fused.March, config));
        foreach (var s in fused.Settings)
        {
            Model.Quantize(s.Path, s.Target, s.Type, s.Bits, s.WeightBits, s.Scale, s.Kind, s.Observer);
        }

        foreach (var input in fused.Inputs)
        {
            Model.Input(input.Name, input.Shape.ToArray(), input.FixedScale, input.DType, input.IsMask);
        }

        foreach (var node in fused.Nodes)
        {
            Model.Node(node);
        }

        Model.LoadFloat(floatState);
    }

    public QatModel Model { get; }

    public FixedPointModel CreateFixedPoint(Signature signature, IReadOnlyList<Constant> constants) => new FixedPoint(_graph, signature, constants);

    public override Tensor forward(Tensor x) => Model.Forward(x)[0];

    public QatValue[] Program(QatValue[] inputs)
    {
        var values = inputs.ToList();
        foreach (var node in Model.Nodes)
        {
            values.Add(node.Call([.. node.Node.Inputs.Select(v => values[v])]));
        }

        return [.. _graph.Outputs.Select(o => values[o])];
    }

    private sealed class FixedPoint(Graph graph, Signature signature, IReadOnlyList<Constant> constants) : FixedPointModel(signature, constants)
    {
        public override T[] Forward<T>(IPrimitives<T> primitives, T[] constants, T[] inputs) => Lowering.Run(graph, primitives, constants, inputs);
    }
}
