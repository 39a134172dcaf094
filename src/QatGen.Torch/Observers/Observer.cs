using QatGen.Arithmetic;
using static TorchSharp.torch;

namespace QatGen.Torch.Observers;

/// <summary>Keeps the range of the data it is shown, for the whole tensor or for each channel of <see cref="ChannelAxis"/>.</summary>
public abstract class Observer(int? channelAxis)
{
    /// <summary>The axis with a range of its own per index; null for one range.</summary>
    public int? ChannelAxis { get; } = channelAxis;

    public float[] Min { get; private set; } = [];

    public float[] Max { get; private set; } = [];

    /// <summary>Whether any data was seen.</summary>
    public bool HasData => Min.Length > 0;

    /// <summary>Takes the range of a batch (float32 tensor of any shape).</summary>
    public void Observe(Tensor batch)
    {
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        if (ChannelAxis is { } axis)
        {
            var rows = batch.transpose(0, axis).flatten(1);
            Update(rows.amin([1]).data<float>().ToArray(), rows.amax([1]).data<float>().ToArray());
        }
        else
        {
            var (min, max) = aminmax(batch);
            Update([min.item<float>()], [max.item<float>()]);
        }
    }

    /// <summary>Takes a batch's range, one entry per channel.</summary>
    public void Update(float[] min, float[] max) => (Min, Max) = HasData ? (Combine(Min, min, isMin: true), Combine(Max, max, isMin: false)) : (min, max);

    /// <summary>Restores a range that was saved.</summary>
    public void Restore(float[] min, float[] max) => (Min, Max) = (min, max);

    /// <summary>absmax / ((qmax - qmin) / 2) of each range.</summary>
    public float[] Scales(DType type) => [.. Min.Select((min, i) => Quantization.Scale(min, Max[i], type))];

    protected abstract float[] Combine(float[] kept, float[] batch, bool isMin);
}
