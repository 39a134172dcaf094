using QatGen.Graphs;
using QatGen.Operators;
using QatGen.Primitives;

namespace QatGen.Passes;

/// <summary>
/// Makes the program's calls of the source's: with the batch as the first axis of every tensor, so that a movement of the batch becomes one of the other axes and ends where the source moves the batch back; with numbers
/// for sizes; and with the movements of a parameter or buffer, and comparisons of it with a number, as part of the constant.
/// </summary>
public static class KeepBatchFirst
{
    public static Graph Run(Graph graph, ICollection<Violation> violations)
    {
        var writer = new Writer(graph, violations);
        foreach (var node in graph.Nodes)
        {
            writer.Add(node);
        }

        return RemoveDeadNodes.Run(writer.Finish());
    }

    private sealed class Writer(Graph source, ICollection<Violation> violations)
    {
        private readonly List<Node> _nodes = [];

        /// <summary>For each value of the source where it has the batch; what is only seen otherwise is the same value of the program.</summary>
        private readonly List<Placed> _placed = [.. source.Inputs.Select(static i => Placed.First(i.Shape.Count == 0 ? Fact.Unknown(i.DType) : Fact.Of(i.Shape, i.DType)))];

        /// <summary>Whether it is not known where the batch is behind some call.</summary>
        private bool _isRefused;

        /// <summary>For each value of the source that of the program.</summary>
        private readonly List<int> _values = [.. Enumerable.Range(0, source.Inputs.Count)];

        public void Add(Node written)
        {
            var inputs = written.Inputs.Select(i => _placed[i]).ToSeq();
            var node = Placing.WithSizes(written, value => _placed[value]) is var sized ? sized with { Inputs = sized.Inputs.Select(i => _values[i]).ToSeq(), Sized = sized.Sized.Select(i => _values[i]).ToSeq() } : written;
            var (call, result) = Placing.Of(node, inputs);
            if (call is null)
            {
                _isRefused = true;
                violations.Add(Violation.Of(CaptureRules.BatchMoved, node.Path, node.Operator, $"{inputs.First(static i => i.Batch > 0).Batch}"));
            }

            _placed.Add(result);
            _values.Add(call is null ? Append(node) : call.Nodes.Count == 0 ? node.Inputs[0] : IsMovedConstant(inputs, call, node) ? Append(Moved(node.Inputs[0], call, node.Path)) : Append(node, call));
        }

        public Graph Finish()
        {
            foreach (var output in source.Outputs.Where(o => !_isRefused && _placed[o].Batch > 0))
            {
                violations.Add(Violation.Of(CaptureRules.BatchMoved, source.Producer(output)!.Path, "the output", $"{_placed[output].Batch}"));
            }

            return source with { Nodes = _nodes.ToSeq(), Outputs = source.Outputs.Select(o => _values[o]).ToSeq() };
        }

        private static bool IsMovedConstant(Seq<Placed> inputs, BatchFirst call, Node node) =>
            inputs is [{ Fact.IsConstant: true }] && call.Nodes.All(static n => !n.IsOpaque && Catalogue.Get(n.Operator).FoldsIntoConstants(n)) && !(call.Nodes is [var same] && ReferenceEquals(same, node));

        private int Append(Node node, BatchFirst call)
        {
            var inputs = node.Inputs.ToArray();
            foreach (var (input, moved) in call.Constants)
            {
                inputs[input] = Append(Moved(inputs[input], moved, $"{node.Path}.{_nodes[inputs[input] - source.Inputs.Count].Path}"));
            }

            foreach (var own in call.Nodes)
            {
                inputs = [Append(own with { Inputs = new(inputs) })];
            }

            return inputs[0];
        }

        /// <summary>The constant that is read where another one is moved.</summary>
        private Node Moved(int constant, BatchFirst call, string path)
        {
            var read = _nodes[constant - source.Inputs.Count];
            var attributes = call.Batch == Placed.NoBatch ? read.Attributes : new(read.Attributes.Where(static a => a.Key != ConstantTensor.Repeats).Append(new(ConstantTensor.Repeats, true)));
            return read with { Path = path, Attributes = attributes, Absorbed = read.Absorbed.Concat(call.Nodes).ToSeq() };
        }

        private int Append(Node node)
        {
            _nodes.Add(node);
            return source.Inputs.Count + _nodes.Count - 1;
        }
    }
}
