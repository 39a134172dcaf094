using QatGen.Torch.Modules;
using static TorchSharp.torch;

namespace QatGen.Torch;

/// <summary>What can be done with the batch norms that <see cref="BatchNormMode"/> keeps live.</summary>
public static class BatchNormExtensions
{
    /// <summary>From now on, or until called with false, running statistics are used and kept in train() too, so that QAT's integers are those of VALIDATION. A file does not keep it.</summary>
    public static void FreezeBatchNorm(this IQatModule model, bool isFrozen = true)
    {
        foreach (var norm in model.LiveNorms("freeze"))
        {
            norm.IsFrozen = isFrozen;
        }
    }

    /// <summary>
    /// Measures the running statistics anew, as the mean over float32 batches [N, ...] that run through the integer program with VALIDATION's scales, and gives the number of batches; batches are disposed.
    /// Without a batch, or where one fails, the statistics stay as they were.
    /// </summary>
    public static int EstimateBatchNorm(this IQatModule model, IEnumerable<Tensor> batches, Action<int>? progress = null) =>
        model.EstimateBatchNorm(batches.Select(static b => new[] { b }), progress);

    /// <summary>The same for a model with several inputs: each batch is one tensor per input.</summary>
    public static int EstimateBatchNorm(this IQatModule model, IEnumerable<Tensor[]> batches, Action<int>? progress = null)
    {
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        var (norms, before) = (model.LiveNorms("estimate"), model.Model.Session);
        var statistics = norms.Select(static n => n.Statistics()).ToArray();
        model.SetState(FakeQuantState.Validation);
        var count = 0;
        try
        {
            for (var i = 0; i < norms.Length; i++)
            {
                norms[i].BeginEstimate(statistics[i]);
            }

            foreach (var batch in batches)
            {
                using var step = NewDisposeScope();
                model.Model.Run(batch);
                Array.ForEach(batch, static x => x.Dispose());
                count++;
                progress?.Invoke(count);
            }

            return count > 0 ? count : throw QatGenException.Of(TrainingRules.NoData, "", nameof(EstimateBatchNorm));
        }
        catch
        {
            for (var i = 0; i < norms.Length; i++)
            {
                norms[i].Restore(statistics[i]);
            }

            throw;
        }
        finally
        {
            Array.ForEach(norms, static n => n.EndEstimate());

            // VALIDATION takes its weight scales anew.
            model.Model.Session = new(before.State, before.Others);
        }
    }

    private static LiveBatchNorm[] LiveNorms(this IQatModule model, string purpose)
    {
        var norms = model.Model.Nodes.Select(static n => n.BatchNorm).OfType<LiveBatchNorm>().Distinct().ToArray();
        return norms.Length > 0 ? norms : throw QatGenException.Of(TrainingRules.NoLiveNorm, "", model.Model.Name, purpose);
    }
}
