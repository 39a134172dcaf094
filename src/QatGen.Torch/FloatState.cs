using QatGen.Graphs;
using QatGen.Operators;
using static TorchSharp.torch;

namespace QatGen.Torch;

/// <summary>The parameters of a float model, folded for the nodes of its QAT form.</summary>
public static class FloatState
{
    private const string Tracked = "num_batches_tracked";

    /// <summary>
    /// Folds each batch norm into its convolution: w * gamma / sqrt(var + eps) and beta + (b - mean) * gamma / sqrt(var + eps), in double; a missing bias becomes zeros. Parameters are matched by name, and every missing, unknown and mis-shaped one is listed.
    /// The result is keyed <c>path.weight</c> and <c>path.bias</c>.
    /// </summary>
    public static Dictionary<string, Tensor> Fold(IReadOnlyDictionary<string, Tensor> state, IEnumerable<Node> nodes)
    {
        var fold = new Folding(state);
        foreach (var node in nodes.Where(static n => Catalogue.Get(n.Operator).Constants(n).Any(static r => r.Kind == ConstantKind.Weight)))
        {
            fold.Take(node);
        }

        return fold.Finish();
    }

    private sealed class Folding(IReadOnlyDictionary<string, Tensor> state)
    {
        private readonly Dictionary<string, Tensor> _folded = [];
        private readonly HashSet<string> _used = [];
        private readonly List<Violation> _violations = [];

        public void Take(Node node)
        {
            using var scope = NewDisposeScope();
            using var grad = no_grad();
            var role = Catalogue.Get(node.Operator).Constants(node).First(static r => r.Kind == ConstantKind.Weight);
            if (Find(node.Path + ".weight", role.Shape) is not { } weight)
            {
                return;
            }

            var channels = (int)weight.shape[0];
            var bias = HasBias(node) ? Find(node.Path + ".bias", new(channels)) : zeros(channels);
            var (w, b) = (weight.to(ScalarType.Float64), bias?.to(ScalarType.Float64));
            if (node.Find(Fusion.BatchNorm) is { } bn)
            {
                var affine = bn.Flag("affine", true);
                var gamma = affine ? Find(bn.Path + ".weight", new(channels)) : ones(channels);
                var beta = affine ? Find(bn.Path + ".bias", new(channels)) : zeros(channels);
                var (mean, variance) = (Find(bn.Path + ".running_mean", new(channels)), Find(bn.Path + ".running_var", new(channels)));
                _used.Add($"{bn.Path}.{Tracked}");
                if (gamma is null || beta is null || mean is null || variance is null || b is null)
                {
                    return;
                }

                var factor = gamma.to(ScalarType.Float64) / (variance.to(ScalarType.Float64) + bn.Real("eps", 1e-5)).sqrt();
                w = w * factor.reshape([-1, .. weight.shape.Skip(1).Select(static _ => 1L)]);
                b = beta.to(ScalarType.Float64) + ((b - mean.to(ScalarType.Float64)) * factor);
            }

            if (b is not null)
            {
                // The program knows linear weights as 1x1 kernels.
                long[] shape = [.. w.shape, .. Enumerable.Repeat(1L, role.Shape.Count - w.shape.Length)];
                _folded[node.Path + ".weight"] = w.to(ScalarType.Float32).reshape(shape).DetachFromDisposeScope();
                _folded[node.Path + ".bias"] = b.to(ScalarType.Float32).DetachFromDisposeScope();
            }
        }

        public Dictionary<string, Tensor> Finish()
        {
            foreach (var key in state.Keys.Where(k => !_used.Contains(k)))
            {
                _violations.Add(Violation.Of(QuantizationRules.ParameterExtra, "", key));
            }

            return _violations.Count == 0 ? _folded : throw new QatGenException(_violations);
        }

        private bool HasBias(Node node) => node.Flag("bias", node.Flag("hasBias", true));

        /// <summary>The tensor of a name, when it is there with a shape that fits: -1 fits any size, and trailing ones may be missing.</summary>
        private Tensor? Find(string key, Seq<int> shape)
        {
            _used.Add(key);
            if (!state.TryGetValue(key, out var found))
            {
                _violations.Add(Violation.Of(QuantizationRules.ParameterMissing, Layer(key), key));
                return null;
            }

            var fits = found.shape.Length <= shape.Count && shape.Select((d, i) => i < found.shape.Length ? d < 0 || d == found.shape[i] : d == 1).All(static f => f);
            if (!fits)
            {
                _violations.Add(Violation.Of(QuantizationRules.ParameterShape, Layer(key), key, $"[{string.Join(", ", found.shape)}]", shape.ToString()));
            }

            return fits ? found : null;
        }

        private static string Layer(string key) => key[..key.LastIndexOf('.')];
    }
}
