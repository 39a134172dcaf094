using QatGen.Arithmetic;
using QatGen.Torch.Functions;
using static TorchSharp.torch;

namespace QatGen.Torch.Observers;

/// <summary>Finds the range of the data it is shown, for the whole tensor or for each channel of <see cref="ChannelAxis"/>. Ranges of batches are averaged: v += c * (batch - v), the first taken as it is.</summary>
public abstract unsafe class Observer
{
    private readonly float _averagingConstant;

    private protected Observer(double averagingConstant = 1, int? channelAxis = null) => (_averagingConstant, ChannelAxis) = ((float)averagingConstant, channelAxis);

    /// <summary>The axis with a range of its own per index; null for one range.</summary>
    public int? ChannelAxis { get; }

    /// <summary>The lower end of each range: one, or one per index of <see cref="ChannelAxis"/>; empty before any data.</summary>
    public float[] Min { get; private set; } = [];

    /// <summary>The upper end of each range, as <see cref="Min"/>.</summary>
    public float[] Max { get; private set; } = [];

    /// <summary>Whether any data was seen.</summary>
    public bool HasData => Min.Length > 0;

    /// <summary>Whether the smallest and largest value of a batch are not enough.</summary>
    internal virtual bool NeedsData => true;

    /// <summary>Takes a batch (float32 tensor of any shape).</summary>
    public void Observe(Tensor batch)
    {
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        var rows = (ChannelAxis is { } axis ? batch.transpose(0, axis).flatten(1) : batch.reshape(1, -1)).contiguous();
        var (count, data) = ((int)rows.shape[0], (nint)RawTensor.Floats(rows));
        var length = rows.numel() / count;
        var starts = Enumerable.Range(0, count).Select(r => data + (nint)(r * length * sizeof(float))).ToArray();
        var ranges = starts.Select(row => ValueLoop.Range((float*)row, length)).ToArray();
        Take(starts, length, [.. ranges.Select(static r => r.Min)], [.. ranges.Select(static r => r.Max)]);
    }

    /// <summary>Takes a batch's range, one entry per channel.</summary>
    public void Update(float[] min, float[] max) => (Min, Max) = HasData ? (Combine(Min, min, isMin: true), Combine(Max, max, isMin: false)) : (min, max);

    /// <summary>Takes the range of a batch whose data is not needed.</summary>
    internal void Observe(float min, float max)
    {
        var (low, high) = Represented(null, 0, min, max);
        Update([low], [high]);
    }

    /// <summary>Restores a range that was saved.</summary>
    public void Restore(float[] min, float[] max) => (Min, Max) = (min, max);

    /// <summary>absmax / ((qmax - qmin) / 2) of each range.</summary>
    public float[] Scales(QuantRange range) => [.. Min.Select((min, i) => Scale(min, Max[i], range))];

    /// <summary>The range of values that is to be represented, of those between min and max.</summary>
    internal virtual (float Min, float Max) Represented(float* values, long count, float min, float max) => (min, max);

    private protected virtual float Scale(float min, float max, QuantRange range) => Quantization.Scale(min, max, range);

    private protected virtual void Take(nint[] rows, long length, float[] min, float[] max)
    {
        var ranges = rows.Select((row, r) => Represented((float*)row, length, min[r], max[r])).ToArray();
        Update([.. ranges.Select(static r => r.Min)], [.. ranges.Select(static r => r.Max)]);
    }

    private protected virtual float[] Combine(float[] kept, float[] batch, bool isMin) => [.. kept.Select((k, i) => k + (_averagingConstant * (batch[i] - k)))];

    /// <summary>The part of a range whose magnitudes are at most <paramref name="largest"/>.</summary>
    private protected static (float Min, float Max) Limited(float min, float max, double largest) => (Math.Max(min, -(float)largest), Math.Min(max, (float)largest));
}
