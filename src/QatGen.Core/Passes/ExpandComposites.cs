using QatGen.Graphs;
using QatGen.Operators;
using QatGen.Primitives;

namespace QatGen.Passes;

/// <summary>Replaces each call of a composite operator by the calls that it is made of, with paths below its own. A composite that needs a shape nobody gave is a violation.</summary>
public static class ExpandComposites
{
    public static Graph Run(Graph graph, ICollection<Violation> violations)
    {
        if (!graph.Nodes.Any(static n => Catalogue.Get(n.Operator).IsComposite(n)))
        {
            return graph;
        }

        var writer = new Writer(graph.Inputs.Select(static i => i.Shape.Count == 0 ? Fact.Unknown(i.DType) : Fact.Of(i.Shape, i.DType)), violations, Enumerable.Range(0, graph.Inputs.Count).Where(i => graph.Inputs[i].IsMask).ToSeq());
        var values = Enumerable.Range(0, graph.Inputs.Count).ToList();
        foreach (var node in graph.Nodes)
        {
            values.Add(writer.Add(node with { Inputs = node.Inputs.Select(i => values[i]).ToSeq() }));
        }

        return RemoveDeadNodes.Run(graph with { Nodes = writer.Nodes, Outputs = graph.Outputs.Select(o => values[o]).ToSeq() });
    }

    /// <summary>Shape and type of a composite's result for inputs of known shape; unknown where it cannot be expanded.</summary>
    public static Fact Infer(Node node, IReadOnlyList<Fact> inputs)
    {
        var violations = new List<Violation>();
        var writer = new Writer(inputs.Select(static f => (f.Shape.Count == 0 ? Fact.Unknown(DType.QInt8) : Fact.Of(f.Shape, DType.QInt8)) with { IsConstant = f.IsConstant }), violations);
        var result = writer.Add(node with { Inputs = Enumerable.Range(0, inputs.Count).ToSeq() });
        return violations.Count == 0 ? writer.FactOf(result) : Fact.Unknown(DType.QInt8);
    }

    /// <summary>Appends nodes and knows what is known of their results; a composite among them is expanded in turn.</summary>
    internal sealed class Writer(IEnumerable<Fact> inputs, ICollection<Violation> violations, Seq<int> masks = default)
    {
        private readonly List<Node> _nodes = [];
        private readonly List<Fact> _facts = [.. inputs];
        private readonly HashSet<string> _weights = new(StringComparer.Ordinal);

        /// <summary>The results of calls of which each has its own node in the source.</summary>
        private readonly Dictionary<(string Call, Seq<int> Inputs), int[]> _several = [];

        public Seq<Node> Nodes => _nodes.ToSeq();

        public Fact FactOf(int value) => _facts[value];

        /// <summary>The node that a value is the result of; null for an input.</summary>
        public Node? Producer(int value) => value < _facts.Count - _nodes.Count ? null : _nodes[value - (_facts.Count - _nodes.Count)];

        /// <summary>False if another layer has the parameter of this name; one without a name is nobody's.</summary>
        public bool TakeWeight(string name) => name.Length == 0 || _weights.Add(name);

        public bool IsMask(int input) => masks.Contains(input);

        public int Add(Node node)
        {
            var op = Catalogue.Get(node.Operator);
            if (op.IsComposite(node))
            {
                return Expand(op, node);
            }

            _nodes.Add(node);
            _facts.Add(Infer(op, node));
            return _facts.Count - 1;
        }

        private int Expand(Operator op, Node node)
        {
            if (node.Attributes[Operator.Item] is not Value.Integer { Number: var item })
            {
                return Results(op, node)[0];
            }

            var call = node with { Path = node.Path.Substring(0, node.Path.LastIndexOf('.')), Attributes = new(node.Attributes.Where(static a => a.Key != Operator.Item)) };
            if (!_several.TryGetValue((call.Path, node.Inputs), out var results))
            {
                _several[(call.Path, node.Inputs)] = results = Results(op, call);
            }

            return results[Math.Min((int)item, results.Length - 1)];
        }

        private int[] Results(Operator op, Node call)
        {
            try
            {
                return op.Expand(new(this, call));
            }
            catch (QatGenException broken)
            {
                foreach (var violation in broken.Violations)
                {
                    violations.Add(violation);
                }

                return [call.Inputs[0]];
            }
        }

        /// <summary>Shape and type of a result; a batch norm has none before it is folded and keeps those of its input.</summary>
        private Fact Infer(Operator op, Node node)
        {
            var inputs = node.Inputs.Select(i => _facts[i]).ToArray();
            return op.Fusion == Fusion.BatchNorm ? inputs[0] : op.Lower(new FactChecker(), node, inputs, [.. op.Constants(node).Select(r => new ConstantSlot(node, r).Fact)]);
        }
    }
}
