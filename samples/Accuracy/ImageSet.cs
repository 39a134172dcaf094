using System.Runtime.InteropServices;
using QatGen.Torch.Training;
using static TorchSharp.torch;

namespace Accuracy;

/// <summary>Square images [Count, Channels, Side, Side] as bytes with their labels; networks see (byte / 255 - mean) / deviation of each channel.</summary>
public sealed record ImageSet(byte[] Images, byte[] Labels, int Side, float[] Mean, float[] Deviation)
{
    private const int LargestShift = 2;

    public int Count => Labels.Length;

    public int Channels => Mean.Length;

    /// <summary>Normalized pixels and labels of some images; with random numbers each image is shifted by up to two pixels, black coming in from outside, and mirrored or not.</summary>
    public TrainingBatch Read(int[] numbers, Random? random)
    {
        // Written where the tensor is: large arrays for the garbage collector would make it run all the time.
        var input = empty(numbers.Length, Channels, Side, Side);
        Fill(MemoryMarshal.Cast<byte, float>(input.bytes), numbers, random);
        return new(input, tensor(numbers.Select(n => (long)Labels[n]).ToArray()));
    }

    /// <summary>The first images as they are, in order, batch by batch.</summary>
    public IEnumerable<Tensor> Batches(int size, int count) => Enumerable.Range(0, Count).Chunk(size).Take(count).Select(numbers => Read(numbers, random: null).Input);

    /// <summary>Normalized pixels of some images as they are, in NCHW order.</summary>
    public float[] Pixels(int[] numbers)
    {
        var pixels = new float[numbers.Length * Channels * Side * Side];
        Fill(pixels, numbers, random: null);
        return pixels;
    }

    private void Fill(Span<float> pixels, int[] numbers, Random? random)
    {
        var plane = Side * Side;
        for (var i = 0; i < numbers.Length; i++)
        {
            var (dx, dy) = random is null ? (0, 0) : (random.Next(-LargestShift, LargestShift + 1), random.Next(-LargestShift, LargestShift + 1));
            var isMirrored = random is not null && random.Next(2) == 1;
            for (var c = 0; c < Channels; c++)
            {
                Plane(Images.AsSpan(((numbers[i] * Channels) + c) * plane, plane), pixels.Slice(((i * Channels) + c) * plane, plane), c, dx, dy, isMirrored);
            }
        }
    }

    private void Plane(ReadOnlySpan<byte> image, Span<float> pixels, int channel, int dx, int dy, bool isMirrored)
    {
        var (mean, deviation) = (Mean[channel], Deviation[channel]);
        for (var y = 0; y < Side; y++)
        {
            for (var x = 0; x < Side; x++)
            {
                var (row, column) = (y + dy, (isMirrored ? Side - 1 - x : x) + dx);
                var isInside = (uint)row < (uint)Side && (uint)column < (uint)Side;
                var value = isInside ? image[(row * Side) + column] : (byte)0;
                pixels[(y * Side) + x] = ((value / 255f) - mean) / deviation;
            }
        }
    }
}
