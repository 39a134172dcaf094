using QatGen.Graphs;
using QatGen.Passes;
using QatGen.Primitives;
using static TorchSharp.torch;

namespace QatGen.Torch;

/// <summary>The QAT model of a fused graph without generated code: what the generated class spells out, read from the graph. It may have several inputs; <c>forward</c> takes the first.</summary>
internal sealed class GraphQat : QatModule
{
    private readonly Graph _graph;

    public GraphQat(Graph fused, IReadOnlyDictionary<string, Tensor> floatState, QConfig? config = null) : base(fused.Type, fused.March, config)
    {
        _graph = fused;
        foreach (var input in fused.Inputs)
        {
            Input(input.Name, input.Shape.ToArray(), input.FixedScale);
        }

        foreach (var node in fused.Nodes)
        {
            Node(node);
        }

        LoadFloat(floatState);
    }

    public override FixedPointModel CreateFixedPoint(Signature signature, IReadOnlyList<Constant> constants) => new FixedPoint(_graph, signature, constants);

    protected override QatValue Program(Tensor x) => Program([x]);

    internal override QatValue Program(IReadOnlyList<Tensor> inputs)
    {
        var values = Inputs.Select((stub, i) => Quantize(stub, inputs[i])).ToList();
        foreach (var node in Nodes)
        {
            values.Add(node.Call([.. node.Node.Inputs.Select(v => values[v])]));
        }

        return values[_graph.Outputs[0]];
    }

    private sealed class FixedPoint(Graph graph, Signature signature, IReadOnlyList<Constant> constants) : FixedPointModel(signature, constants)
    {
        public override T[] Forward<T>(IPrimitives<T> primitives, T[] constants, T[] inputs) => Lowering.Run(graph, primitives, constants, inputs);
    }
}
