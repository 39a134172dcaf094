using static TorchSharp.torch;

namespace QatGen.Torch.Improvement;

/// <summary>What one layer reads in the integer model, as reals, and what it gives in float, of all frames of the calibration.</summary>
internal sealed class LayerSamples
{
    private readonly Tensor[] _inputs;
    private readonly Tensor _targets;

    private LayerSamples(Tensor[] inputs, Tensor targets) => (_inputs, _targets) = (inputs, targets);

    public long Count => _targets.shape[0];

    /// <summary>The samples in the present dispose scope; null where frames of inputs and output do not correspond.</summary>
    public static LayerSamples? Of(LayerVisit visit)
    {
        var batches = Enumerable.Range(0, visit.Targets.Length);
        var targets = cat([.. visit.Targets.Select(static t => t.Data)]);
        visit.RequireFinite(targets);
        Tensor Dequantized(int batch, int operand) => ((QatValue.Activation)visit.Rounded[batch][operand]).Reals().Data;

        // What has one frame for all others is a tensor of the model's own.
        Tensor[] inputs = [.. visit.Rounded[0].Select((_, i) => batches.Select(b => Dequantized(b, i)).ToArray() is var parts && parts[0].shape[0] == 1 && visit.Targets[0].Data.shape[0] > 1 ? parts[0] : cat(parts))];
        return Array.TrueForAll(inputs, i => i.shape[0] == targets.shape[0] || i.shape[0] == 1) ? new(inputs, targets) : null;
    }

    /// <summary>Inputs and targets of some frames.</summary>
    public (QatValue[] Inputs, Tensor Targets) At(Tensor index) =>
        ([.. _inputs.Select(i => new QatValue.Activation(i.shape[0] == Count ? i.index_select(0, index) : i, null))], _targets.index_select(0, index));

    /// <summary>The mean squared error of all frames, some at a time.</summary>
    public double Error(int batchSize, Func<QatValue[], Tensor> run)
    {
        using var grad = no_grad();
        var sum = 0.0;
        for (long from = 0; from < Count; from += batchSize)
        {
            using var scope = NewDisposeScope();
            var (inputs, targets) = At(arange(from, Math.Min(Count, from + batchSize)));
            sum += (run(inputs) - targets).to(ScalarType.Float64).square().sum().item<double>();
        }

        return sum / _targets.numel();
    }
}
