using QatGen.Torch.Modules;
using static TorchSharp.torch;

namespace QatGen.Torch.Improvement;

/// <summary>
/// AdaRound: layer by layer, the rounding of the weights that gives the float layer's output, its activation included, from what the layer reads in the integer model (Nagel et al. 2020, eq. 25). The chosen
/// integers become the weights, at scales that are frozen.
/// </summary>
internal sealed class AdaRounding(QatModel model, AdaRoundOptions options, Selector[] selectors, Action<double>? progress)
{
    private readonly List<AdaRoundLayer> _layers = [];
    private int _weights;
    private readonly HashSet<Tensor> _done = new(ReferenceEqualityComparer.Instance);
    private readonly QatNode[] _chosen = [.. model.Nodes.Where(n => n.HasOwnWeight && (selectors.Length == 0 || Array.Exists(selectors, s => model.Selects(s, n))))];

    public AdaRoundReport Run(LayerWalk walk)
    {
        options.Check(model.Name);
        Violation[] unused = [.. selectors.Where(s => !Array.Exists(_chosen, n => model.Selects(s, n))).Select(static s => Violation.Of(QuantizationRules.SelectsNothing, "", s.ToString()))];
        if (unused.Length > 0)
        {
            throw new QatGenException(unused);
        }

        _weights = _chosen.Select(static n => n.Weight!).Distinct(ReferenceEqualityComparer.Instance).Count();
        walk.Run(Visit);
        progress?.Invoke(1);
        return new(_layers);
    }

    private void Visit(LayerVisit visit)
    {
        // Calls of one module share its weights: the first decides.
        if (_chosen.Contains(visit.Node) && _done.Add(visit.Node.Weight!))
        {
            using var scope = NewDisposeScope();
            _layers.Add(Round(visit));
        }
    }

    private AdaRoundLayer Round(LayerVisit visit)
    {
        var (node, quantizer) = (visit.Node, visit.Node.WeightQuantizer!);

        // The integer program itself finds the scales.
        var nearest = visit.Integers();
        var (weight, bias) = (node.Folded.Weight.detach().clone(), node.Folded.Bias.detach());
        using var rounding = new WeightRounding(weight, quantizer.Scales, quantizer.Settings.Range);
        var layer = new AdaRoundLayer(node.Node.Path, node.Node.Operator, quantizer.Bits, weight.numel(), 0, 0, 0, "");
        if (LayerSamples.Of(visit, options.HalfMemory, options.Seed) is not { } samples)
        {
            return layer with { Remark = "its frames are not its inputs'" };
        }

        var first = samples.Error(options.BatchSize, inputs => node.Reals(inputs, rounding.Nearest, bias));
        layer = layer with { NearestError = first, Error = first };
        if (first == 0)
        {
            return layer;
        }

        Optimize(node, rounding, samples, bias, first);
        var chosen = rounding.Integers;
        var last = samples.Error(options.BatchSize, inputs => node.Reals(inputs, rounding.Reals(chosen), bias));
        if (!(last < first))
        {
            return layer with { Remark = "nearest is best" };
        }

        QatNode[] calls = [.. model.Nodes.Where(n => ReferenceEquals(n.Weight, node.Weight))];
        var ranges = calls.Select(static n => n.WeightQuantizer!.Ranges()).ToArray();
        Array.ForEach(calls, n => n.WeightQuantizer!.Freeze(weight));
        node.SetFolded(rounding.Reals(chosen));
        if (!visit.Integers().equal(chosen).all().item<bool>())
        {
            node.SetFolded(weight);
            foreach (var (call, range) in calls.Zip(ranges))
            {
                call.WeightQuantizer!.Freeze(range);
            }

            return layer with { Remark = "other sums would not fit into int32" };
        }

        return layer with { Changed = chosen.ne(nearest).sum().item<long>(), Error = last };
    }

    private void Optimize(QatNode node, WeightRounding rounding, LayerSamples samples, Tensor bias, double nearestError)
    {
        using var grad = enable_grad();
        using var optimizer = optim.Adam([rounding.Variable], options.LearningRate);
        var (random, count) = (new Random(options.Seed), samples.Frames(options.BatchSize));
        var warm = options.WarmUp * options.Iterations;
        for (var i = 0; i < options.Iterations; i++)
        {
            using var scope = NewDisposeScope();
            var (inputs, targets) = samples.At(tensor(Enumerable.Range(0, count).Select(_ => random.NextInt64(samples.Count)).ToArray()));
            var loss = (node.Reals(inputs, rounding.Soft, bias) - targets).square().mean() / Kept.Of(nearestError);
            if (i >= warm)
            {
                var done = (i - warm) / (options.Iterations - warm);
                var beta = options.LastBeta + (0.5 * (options.FirstBeta - options.LastBeta) * (1 + Math.Cos(done * Math.PI)));
                loss += Kept.Of(options.Regularization) * rounding.Undecided(beta);
            }

            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            progress?.Invoke((_done.Count - 1 + ((i + 1.0) / options.Iterations)) / _weights);
        }
    }
}
