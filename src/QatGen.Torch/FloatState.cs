using QatGen.Graphs;
using QatGen.Operators;
using QatGen.Torch.Modules;
using static TorchSharp.torch;

namespace QatGen.Torch;

/// <summary>The parameters of a float model, folded for the nodes of its QAT form.</summary>
internal static class FloatState
{
    private const string Tracked = "num_batches_tracked";

    /// <summary>
    /// Folds each batch norm into its convolution: w * gamma / sqrt(var + eps) and beta + (b - mean) * gamma / sqrt(var + eps), in double; a missing bias becomes zeros.
    /// Parameters are matched by name, and every missing, unknown and mis-shaped one and every layer that holds NaN or infinity is listed.
    /// </summary>
    public static (Dictionary<QatNode, (Tensor Weight, Tensor Bias)> Folded, Dictionary<QatNode, Tensor> Read) Fold(IReadOnlyDictionary<string, Tensor> state, IEnumerable<QatNode> nodes)
    {
        var fold = new Folding(state);
        foreach (var node in nodes)
        {
            if (node.HasWeight)
            {
                fold.Take(node);
            }
            else if (node.Target is { } target)
            {
                fold.Read(node, target);
            }
        }

        return fold.Finish();
    }

    private sealed class Folding(IReadOnlyDictionary<string, Tensor> state)
    {
        private readonly Dictionary<QatNode, (Tensor, Tensor)> _folded = [];
        private readonly Dictionary<QatNode, Tensor> _read = [];
        private readonly HashSet<string> _used = [];
        private readonly List<Violation> _violations = [];

        public void Take(QatNode module)
        {
            var (node, role) = (module.Node, module.WeightRole);
            if (role.Fixed.Count > 0)
            {
                _folded[module] = (Own(role), Own(module.BiasRole));
                return;
            }

            var isNorm = Catalogue.Get(node.Operator).Fusion == Fusion.BatchNorm;
            var weight = isNorm ? ones([.. role.Shape.Select(static d => (long)d)]) : Rows(Find(node.WeightName, Whole(module.ParameterShape, node)), node);
            weight = weight is not null && role.Layout is not null ? OutputsFirst(weight, role.Groups) : weight;
            var channels = weight is null ? Primitives.Fact.UnknownDimension : (int)weight.shape[0];
            var bias = !isNorm && HasBias(node) ? Rows(Find(node.BiasName, Whole(new(channels), node)), node) : zeros(Math.Max(0, channels));
            var (factor, shift) = BatchNorm(isNorm ? node : node.Find(Fusion.BatchNorm), channels);
            if (weight is null || bias is null || factor is null || shift is null)
            {
                return;
            }

            // The program knows the weights of any layer as those of a map's convolution; those of a transposed one are arranged anew in each pass.
            long[] sizes = role.Layout is null ? [channels, -1, .. role.Shape.Skip(2).Select(static d => (long)d)] : weight.shape;
            var w = (weight.to(ScalarType.Float64) * factor.reshape([-1, .. weight.shape.Skip(1).Select(static _ => 1L)])).to(ScalarType.Float32).reshape(sizes);
            var b = ((bias.to(ScalarType.Float64) * factor) + shift).to(ScalarType.Float32);
            if (w.isfinite().all().item<bool>() && b.isfinite().all().item<bool>())
            {
                _folded[module] = (w, b);
            }
            else
            {
                _violations.Add(Violation.Of(QuantizationRules.NotANumber, node.Path, $"the weight or bias of '{node.Path}'"));
            }
        }

        /// <summary>The weight or bias that an operator has of its own.</summary>
        private static Tensor Own(ConstantRole role) => tensor(role.Fixed.Select(static v => (float)v).ToArray(), [.. role.Shape.Select(static d => (long)d)]);

        /// <summary>Weights [I, O / groups, ...] of a transposed convolution as [O, I / groups, ...].</summary>
        private static Tensor OutputsFirst(Tensor weight, int groups)
        {
            var (inputs, outputs, kernel) = (weight.shape[0], weight.shape[1], weight.shape[2..]);
            return weight.reshape([groups, inputs / groups, outputs, .. kernel]).transpose(1, 2).reshape([groups * outputs, inputs / groups, .. kernel]).contiguous();
        }

        /// <summary>The shape of a parameter of which a node may take some rows only.</summary>
        private static Seq<int> Whole(Seq<int> shape, Node node) => node.Part is { Rows: > 0 } ? new([Primitives.Fact.UnknownDimension, .. shape.Skip(1)]) : shape;

        private static Tensor? Rows(Tensor? parameter, Node node) =>
            node.Part is { Rows: > 0 } part && parameter?.shape[0] >= part.FirstRow + part.Rows ? parameter.narrow(0, part.FirstRow, part.Rows) : parameter;

        /// <summary>A parameter or buffer that the program reads as it is, of any shape but that of an earlier load.</summary>
        public void Read(QatNode module, string target)
        {
            var own = module.Value?.shape;
            _used.Add(target);
            if (!state.TryGetValue(target, out var value))
            {
                _violations.Add(Violation.Of(QuantizationRules.ParameterMissing, module.Node.Path, target));
            }
            else if (value.numel() == 0 || (own is not null && !own.SequenceEqual(value.shape)))
            {
                _violations.Add(Violation.Of(QuantizationRules.ParameterShape, module.Node.Path, target, $"[{string.Join(", ", value.shape)}]", own is null ? "at least one element" : $"[{string.Join(", ", own)}]"));
            }
            else if (!value.to(ScalarType.Float32).isfinite().all().item<bool>())
            {
                _violations.Add(Violation.Of(QuantizationRules.NotANumber, module.Node.Path, $"'{target}'"));
            }
            else
            {
                _read[module] = value;
            }
        }

        public (Dictionary<QatNode, (Tensor, Tensor)>, Dictionary<QatNode, Tensor>) Finish()
        {
            _violations.AddRange(state.Keys.Where(k => !_used.Contains(k)).Select(static k => Violation.Of(QuantizationRules.ParameterExtra, "", k)));
            return _violations.Count == 0 ? (_folded, _read) : throw new QatGenException(_violations);
        }

        /// <summary>The bias a layer has by its arguments, or by the state where a constructor argument decides.</summary>
        private bool HasBias(Node node) => (node.Attributes["bias"] ?? node.Attributes["hasBias"]) switch
        {
            null => true,
            Value.Logical given => given.Flag,
            _ => state.ContainsKey(node.ModulePath + ".bias"),
        };

        /// <summary>gamma / sqrt(var + eps) and beta - mean * factor; null where a part is missing.</summary>
        private (Tensor? Factor, Tensor? Shift) BatchNorm(Node? bn, int channels)
        {
            if (bn is null)
            {
                return (ones(1, ScalarType.Float64), zeros(1, ScalarType.Float64));
            }

            Tensor? Part(string name) => Find($"{bn.ModulePath}.{name}", new(channels))?.to(ScalarType.Float64);
            _used.Add($"{bn.ModulePath}.{Tracked}");
            var affine = bn.Flag("affine", true);
            var (gamma, beta) = affine ? (Part("weight"), Part("bias")) : (ones(1, ScalarType.Float64), zeros(1, ScalarType.Float64));
            var (mean, variance) = (Part("running_mean"), Part("running_var"));
            if (gamma is null || beta is null || mean is null || variance is null)
            {
                return (null, null);
            }

            var factor = gamma / (variance + bn.Real("eps", 1e-5)).sqrt();
            return (factor, beta - (mean * factor));
        }

        /// <summary>The tensor of a name, when it is there with a shape that fits: -1 fits any size.</summary>
        private Tensor? Find(string key, Seq<int> shape)
        {
            _used.Add(key);
            if (!state.TryGetValue(key, out var found))
            {
                _violations.Add(Violation.Of(QuantizationRules.ParameterMissing, Layer(key), key));
                return null;
            }

            var sizes = found.shape;
            var fits = sizes.Length == shape.Count && shape.Zip(sizes, static (d, size) => d < 0 ? size > 0 : d == size).All(static f => f);
            if (!found.is_floating_point())
            {
                _violations.Add(Violation.Of(TrainingRules.ParameterType, Layer(key), key, found.dtype.ToString(), nameof(ScalarType.Float32)));
                return null;
            }

            if (!fits)
            {
                _violations.Add(Violation.Of(QuantizationRules.ParameterShape, Layer(key), key, $"[{string.Join(", ", sizes)}]", shape.ToString()));
            }

            return fits ? found : null;
        }

        private static string Layer(string key) => key[..Math.Max(0, key.LastIndexOf('.'))];
    }
}
