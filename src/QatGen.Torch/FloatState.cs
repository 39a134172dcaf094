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
    /// Folds each batch norm into its convolution, unless it is live and given beside; a missing bias becomes zeros.
    /// Parameters are matched by name, and every missing, unknown and mis-shaped one and every layer that holds NaN or infinity is listed.
    /// </summary>
    public static (Dictionary<QatNode, (Tensor Weight, Tensor Bias, BatchNormFold? Norm)> Folded, Dictionary<QatNode, Tensor> Read) Fold(IReadOnlyDictionary<string, Tensor> state, IEnumerable<QatNode> nodes)
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
        private readonly Dictionary<QatNode, (Tensor, Tensor, BatchNormFold?)> _folded = [];
        private readonly Dictionary<QatNode, Tensor> _read = [];
        private readonly HashSet<string> _used = [];
        private readonly List<Violation> _violations = [];

        public void Take(QatNode module)
        {
            var (node, role) = (module.Node, module.WeightRole);
            if (role.Fixed.Count > 0)
            {
                _folded[module] = (Own(role), Own(module.BiasRole), null);
                return;
            }

            var isNorm = Catalogue.Get(node.Operator).Fusion == Fusion.BatchNorm;
            var weight = isNorm ? ones([.. role.Shape.Select(static d => (long)d)]) : Rows(Find(node.WeightName, Whole(module.ParameterShape, node)), node);
            weight = weight is not null && role.Layout is not null ? OutputsFirst(weight, role.Groups) : weight;
            var channels = weight is null ? Primitives.Fact.UnknownDimension : (int)weight.shape[0];
            var bias = !isNorm && HasBias(node) ? Rows(Find(node.BiasName, Whole(new(channels), node)), node) : zeros(Math.Max(0, channels));
            var bn = isNorm ? node : node.Find(Fusion.BatchNorm);
            var norm = bn is null ? null : BatchNorm(bn, channels);
            if (weight is null || bias is null || (bn is not null && norm is null))
            {
                return;
            }

            // The program knows the weights of any layer as those of a map's convolution; those of a transposed one are arranged anew in each pass.
            long[] sizes = role.Layout is null ? [channels, -1, .. role.Shape.Skip(2).Select(static d => (long)d)] : weight.shape;
            var (raw, rawBias) = (weight.to(ScalarType.Float32).reshape(sizes), bias.to(ScalarType.Float32));
            var (w, b) = norm is null ? (raw, rawBias) : (norm.Weight(weight).reshape(sizes), norm.Bias(bias));
            if (w.isfinite().all().item<bool>() && b.isfinite().all().item<bool>())
            {
                _folded[module] = module.BatchNorm is null ? (w, b, null) : (raw, rawBias, norm);
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
            else if (module.IsIndex && value.dtype is not (ScalarType.Int64 or ScalarType.Int32))
            {
                _violations.Add(Violation.Of(TrainingRules.ParameterType, module.Node.Path, target, value.dtype.ToString(), nameof(ScalarType.Int64)));
            }
            else
            {
                var read = Masking(value, module.Reading);
                if (read.isfinite().all().item<bool>())
                {
                    _read[module] = module.IsIndex ? value : read;
                }
                else
                {
                    _violations.Add(Violation.Of(QuantizationRules.NotANumber, module.Node.Path, $"'{target}'"));
                }
            }
        }

        /// <summary>What a node reads of a mask; NaN stays.</summary>
        private static Tensor Masking(Tensor value, MaskReading reading)
        {
            var (isBool, numbers) = (value.dtype == ScalarType.Bool, value.to(ScalarType.Float32));
            return reading switch
            {
                MaskReading.Finite => isBool ? zeros_like(numbers) : numbers.masked_fill(numbers.le(Kept.Of(ConstantTensor.Hides)), Kept.Of(0)),
                MaskReading.Hidden or MaskReading.Unseen when !isBool => numbers.le(Kept.Of(ConstantTensor.Hides)).to(ScalarType.Float32),
                MaskReading.Unseen => Kept.Of(1) - numbers,
                _ => numbers,
            };
        }

        public (Dictionary<QatNode, (Tensor, Tensor, BatchNormFold?)>, Dictionary<QatNode, Tensor>) Finish()
        {
            _violations.AddRange(state.Keys.Where(k => state is not LiveState && !_used.Contains(k)).Select(static k => Violation.Of(QuantizationRules.ParameterExtra, "", k)));
            return _violations.Count == 0 ? (_folded, _read) : throw new QatGenException(_violations);
        }

        /// <summary>The bias a layer has by its arguments, or by the state where a constructor argument decides.</summary>
        private bool HasBias(Node node) => (node.Attributes["bias"] ?? node.Attributes["hasBias"]) switch
        {
            null => true,
            Value.Logical given => given.Flag,
            _ => state.ContainsKey(node.ModulePath + ".bias"),
        };

        /// <summary>The batch norm by its parts; null where one is missing.</summary>
        private BatchNormFold? BatchNorm(Node bn, int channels)
        {
            Tensor? Part(string name) => Find($"{bn.ModulePath}.{name}", new(channels));
            _used.Add($"{bn.ModulePath}.{Tracked}");
            var affine = bn.Flag("affine", true);
            var (gamma, beta) = affine ? (Part("weight"), Part("bias")) : (ones(Math.Max(0, channels)), zeros(Math.Max(0, channels)));
            var (mean, variance) = (Part("running_mean"), Part("running_var"));
            return gamma is null || beta is null || mean is null || variance is null ? null : new(gamma, beta, mean, variance, bn.Real("eps", 1e-5));
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
