using System.Runtime.InteropServices;
using QatGen.Graphs;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace QatGen.Torch.Modules;

/// <summary>
/// A batch norm that trains inside the node that absorbed it. Its state has the float model's names: <c>weight</c>, <c>bias</c> (as far as it is affine), <c>running_mean</c>, <c>running_var</c> and
/// <c>num_batches_tracked</c> below its own path.
/// </summary>
public sealed class LiveBatchNorm : QatPart
{
    private readonly double _epsilon;
    private readonly double? _momentum;
    private Tensor? _batches;
    private Tensor[]? _before;

    internal LiveBatchNorm(Node node, BatchNormMode mode) : base(nameof(LiveBatchNorm), node.ModulePath)
    {
        (_epsilon, IsReverseFold) = (node.Real("eps", 1e-5), mode == BatchNormMode.WithBNReverseFold);

        // null is the mean of all batches, as in PyTorch.
        _momentum = node.Attributes["momentum"] is Value.Null ? null : node.Real("momentum", 0.1);
    }

    /// <summary>gamma [O]; null where the batch norm is not affine.</summary>
    public Parameter? Gamma { get; private set; }

    /// <summary>beta [O]; null where the batch norm is not affine.</summary>
    public Parameter? Beta { get; private set; }

    /// <summary>The running mean [O].</summary>
    public Tensor? Mean { get; private set; }

    /// <summary>The running variance [O].</summary>
    public Tensor? Variance { get; private set; }

    /// <summary>Whether the running statistics are used and kept in train() too.</summary>
    public bool IsFrozen { get; internal set; }

    /// <summary>Whether weights are quantized as the running statistics fold them.</summary>
    internal bool IsReverseFold { get; }

    /// <summary>Whether a pass in VALIDATION measures statistics: the mean over batches instead of a moving average.</summary>
    internal bool IsEstimating => _before is not null;

    /// <summary>
    /// Batch norm as the running statistics fold it, with gradients to gamma and beta. While they are measured it is that of before: weights folded by half-measured ones would not fit the scales that were found for them.
    /// </summary>
    internal BatchNormFold Fold => new(Gamma ?? ones_like(Mean!), Beta ?? zeros_like(Mean!), _before?[0] ?? Mean!, _before?[1] ?? Variance!, _epsilon);

    /// <summary>Whether sums are normalized by the statistics of their own batch.</summary>
    internal bool IsLive(FakeQuantState state) => IsEstimating || (training && !IsFrozen && state is FakeQuantState.Float or FakeQuantState.Qat);

    /// <summary>Normalizes reals [N, O, ...] by the statistics of this batch, which the running ones follow.</summary>
    internal Tensor Normalize(Tensor x) => Normalize(x, Mean!, Gamma, Beta);

    /// <summary>
    /// The same of reals that lack the bias [O] of their layer, in <paramref name="steps"/> of each channel [O]. The statistics of a batch take away any bias, so only the running mean sees it; and the steps divide gamma and
    /// beta. Both spare a pass over memory.
    /// </summary>
    internal Tensor Normalize(Tensor x, Tensor bias, Tensor steps)
    {
        using var scope = NewDisposeScope();
        Tensor InSteps(Tensor value) => (value.to(ScalarType.Float64) / steps).to(ScalarType.Float32);
        var offset = bias.detach().to(ScalarType.Float32);
        var mean = Mean! - offset;

        // A gradient of zero, so that optimizers see the bias as a parameter that takes part.
        var result = Normalize(x, mean, InSteps(Gamma ?? ones_like(mean)), InSteps((Beta ?? zeros_like(mean)) + (bias * Kept.Of(0))));
        Mean!.copy_(mean + offset);
        return result.MoveToOuterDisposeScope();
    }

    private Tensor Normalize(Tensor x, Tensor mean, Tensor? gamma, Tensor? beta)
    {
        if (x.numel() / x.shape[1] < 2)
        {
            throw QatGenException.Of(TrainingRules.OneValue, Layer, Layer);
        }

        using var scope = NewDisposeScope();

        // Counted in place: a number that add_ is given becomes an object which the garbage collector may end while libtorch still reads it.
        ref var batches = ref MemoryMarshal.Cast<byte, long>(_batches!.bytes)[0];
        batches++;
        var momentum = IsEstimating || _momentum is null ? 1.0 / batches : _momentum.Value;
        return nn.functional.batch_norm(x, mean, Variance!, gamma!, beta!, training: true, momentum, _epsilon).MoveToOuterDisposeScope();
    }

    /// <summary>Takes a float model's values: the first become its own, later ones are copied into these.</summary>
    internal void Load(BatchNormFold values, bool isAffine)
    {
        if (Mean is not null)
        {
            Mean.copy_(values.Mean);
            Variance!.copy_(values.Variance);
            Gamma?.copy_(values.Gamma);
            Beta?.copy_(values.Beta);
            return;
        }

        static Tensor Own(Tensor value) => value.to(ScalarType.Float32).clone().DetachFromDisposeScope();
        (Mean, Variance, _batches) = (Own(values.Mean), Own(values.Variance), zeros(Array.Empty<long>(), ScalarType.Int64).DetachFromDisposeScope());
        register_buffer("running_mean", Mean);
        register_buffer("running_var", Variance);
        register_buffer("num_batches_tracked", _batches);
        if (isAffine)
        {
            (Gamma, Beta) = (new(Own(values.Gamma)), new(Own(values.Beta)));
            Gamma.DetachFromDisposeScope();
            Beta.DetachFromDisposeScope();
            register_parameter("weight", Gamma);
            register_parameter("bias", Beta);
        }
    }

    /// <summary>Copies of mean, variance and number of batches, for <see cref="Restore"/>.</summary>
    internal Tensor[] Statistics() => [Mean!.clone(), Variance!.clone(), _batches!.clone()];

    internal void Restore(Tensor[] statistics)
    {
        Mean!.copy_(statistics[0]);
        Variance!.copy_(statistics[1]);
        _batches!.copy_(statistics[2]);
    }

    /// <summary>Begins to count batches anew: the first one's statistics replace all of before. <paramref name="before"/> is what <see cref="Statistics"/> gave, and must stay until the end.</summary>
    internal void BeginEstimate(Tensor[] before)
    {
        _before = before;
        _batches!.zero_();
    }

    internal void EndEstimate() => _before = null;
}
