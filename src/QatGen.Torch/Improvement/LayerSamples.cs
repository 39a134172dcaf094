using static TorchSharp.torch;

namespace QatGen.Torch.Improvement;

/// <summary>What one layer reads in the integer model, as reals, and what it gives in float: of all frames of the calibration, or of as many, chosen at random, as a budget of bytes holds.</summary>
internal sealed class LayerSamples
{
    /// <summary>Values of a layer, read and given, that one step looks at: the pass forward and back holds several times as much.</summary>
    private const long StepValues = 1 << 23;

    private readonly Tensor[] _inputs;
    private readonly Tensor _targets;
    private readonly long _frameValues;

    private LayerSamples(Tensor[] inputs, Tensor targets, long frameValues) => (_inputs, _targets, _frameValues) = (inputs, targets, frameValues);

    public long Count => _targets.shape[0];

    /// <summary>The samples in the present dispose scope; null where frames of inputs and output do not correspond.</summary>
    public static LayerSamples? Of(LayerVisit visit, long budget, int seed)
    {
        var (inputs, targets, frameValues) = (Array.Empty<Tensor>(), (Tensor?)null, 0L);
        var (chosen, offset, filled, corresponds, isShared) = (new HashSet<long>(), 0L, 0L, true, Array.Empty<bool>());
        using var scope = NewDisposeScope();
        visit.Batches(batch =>
        {
            visit.RequireFinite(batch.Target.Data);
            var (target, frames) = (batch.Target.Data, batch.Target.Data.shape[0]);
            Tensor[] reals = [.. batch.Rounded.Select(static x => ((QatValue.Activation)x).Reals().Data)];
            if (targets is null)
            {
                // What has one frame for all others is a tensor of the model's own.
                isShared = Array.ConvertAll(reals, x => x.shape[0] == 1 && frames > 1);
                frameValues = (target.numel() / frames) + reals.Zip(isShared, static (x, shared) => shared ? 0 : x.numel() / x.shape[0]).Sum();
                var all = (int)(visit.Frames.Sum() * frames / Math.Max(1, visit.Frames[0]));
                var order = Enumerable.Range(0, all).ToArray();
                var fitting = (int)Math.Clamp(budget / (sizeof(float) * frameValues), 1, all);
                if (fitting < all)
                {
                    new Random(seed).Shuffle(order);
                }

                chosen.UnionWith(order.Take(fitting).Select(static n => (long)n));
                Tensor Room(Tensor x) => empty([fitting, .. x.shape[1..]]).MoveToOtherDisposeScope(scope);
                inputs = [.. reals.Zip(isShared, (x, shared) => shared ? x.clone().MoveToOtherDisposeScope(scope) : Room(x))];
                targets = Room(target);
            }

            long[] own = [.. Enumerable.Range(0, (int)frames).Select(n => (long)n).Where(n => chosen.Contains(offset + n))];
            corresponds &= filled + own.Length <= targets.shape[0] && reals.Zip(isShared, (x, shared) => shared || x.shape[0] == frames).All(static f => f);
            if (corresponds && own.Length > 0)
            {
                var index = tensor(own);
                void Fill(Tensor all, Tensor x) => all.narrow(0, filled, own.Length).copy_(x.index_select(0, index));
                Fill(targets, target);
                foreach (var (all, x, _) in inputs.Zip(reals, isShared).Where(static p => !p.Third))
                {
                    Fill(all, x);
                }
            }

            (offset, filled) = (offset + frames, filled + own.Length);
        });
        return corresponds && filled == targets!.shape[0] ? new([.. inputs.Select(static i => i.MoveToOuterDisposeScope())], targets.MoveToOuterDisposeScope(), frameValues) : null;
    }

    /// <summary>How many frames of a batch a step looks at.</summary>
    public int Frames(int batchSize) => (int)Math.Clamp(StepValues / _frameValues, 1, Math.Min(batchSize, Count));

    /// <summary>Inputs and targets of some frames.</summary>
    public (QatValue[] Inputs, Tensor Targets) At(Tensor index) =>
        ([.. _inputs.Select(i => new QatValue.Activation(i.shape[0] == Count ? i.index_select(0, index) : i, null))], _targets.index_select(0, index));

    /// <summary>The mean squared error of all frames, some at a time.</summary>
    public double Error(int batchSize, Func<QatValue[], Tensor> run)
    {
        using var grad = no_grad();
        var (sum, step) = (0.0, Frames(batchSize));
        for (long from = 0; from < Count; from += step)
        {
            using var scope = NewDisposeScope();
            var (inputs, targets) = At(arange(Kept.Of(from), Kept.Of(Math.Min(Count, from + step))));
            sum += (run(inputs) - targets).to(ScalarType.Float64).square().sum().item<double>();
        }

        return sum / _targets.numel();
    }
}
