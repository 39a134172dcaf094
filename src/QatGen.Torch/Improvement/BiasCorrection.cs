using static TorchSharp.torch;

namespace QatGen.Torch.Improvement;

/// <summary>
/// Empirical bias correction (Nagel et al. 2019, section 4.2 and appendix D): layer by layer, E[quantized output] - E[float output] of each channel, before the activation, is taken from the bias; what the
/// quantized layer reads comes from the integer model with all layers before it corrected.
/// </summary>
internal sealed class BiasCorrection(Action<double>? progress)
{
    private readonly List<BiasCorrectedLayer> _layers = [];
    private readonly HashSet<Tensor> _done = new(ReferenceEqualityComparer.Instance);

    public BiasCorrectionReport Run(QatModel model, LayerWalk walk)
    {
        var all = model.Nodes.Where(static n => n.HasOwnWeight).Select(static n => n.Bias!).Distinct(ReferenceEqualityComparer.Instance).Count();
        walk.Run(visit =>
        {
            // Calls of one module share its bias: the first decides.
            if (visit.Node.HasOwnWeight && _done.Add(visit.Node.Bias!))
            {
                using var scope = NewDisposeScope();
                _layers.Add(Correct(visit));
                progress?.Invoke((double)_done.Count / all);
            }
        });
        return new(_layers);
    }

    private static BiasCorrectedLayer Correct(LayerVisit visit)
    {
        var node = visit.Node;
        var (weight, bias) = node.Folded;
        visit.FindScales();
        var rounded = node.RoundedWeight();
        var (sums, counts, square, count) = (zeros_like(bias).to(ScalarType.Float64), zeros_like(bias).to(ScalarType.Float64), 0.0, 0L);
        visit.Batches(batch =>
        {
            var target = node.Reals(batch.Real, weight, bias, isLinear: true);
            visit.RequireFinite(target);
            QatValue[] inputs = [.. batch.Rounded.Select(static x => (QatValue)((QatValue.Activation)x).Reals())];

            // The gradient of the bias adds up what each channel gives, wherever its values are.
            using var grad = enable_grad();
            var own = bias.detach().requires_grad_();
            var output = node.Reals(inputs, rounded, own, isLinear: true);
            var error = (output - target).detach();
            sums.add_(autograd.grad([output], [own], [error], retain_graph: true)[0].to(ScalarType.Float64));
            counts.add_(autograd.grad([output], [own], [ones_like(output)])[0].to(ScalarType.Float64));
            (square, count) = (square + target.to(ScalarType.Float64).square().sum().item<double>(), count + target.numel());
        });

        var shift = sums / counts.clamp_min(Kept.Of(1));
        node.AddToBias(-shift);
        return new(node.Node.Path, node.Node.Operator, (int)shift.shape[0], shift.abs().mean().item<double>(), shift.abs().max().item<double>(), Math.Sqrt(square / count));
    }
}
