using QatGen.Kernels.Planning;
using QatGen.Primitives;

namespace QatGen.Kernels.Steps;

/// <summary>
/// Moves integers to other places of their frame. Tables give for each channel, row and column of the result an address within the source's frame; they add up. What is one run in both memories,
/// pixels or channels, is copied at once.
/// </summary>
internal sealed unsafe class MoveStep : Step
{
    /// <summary>Below this many channels in a run each is moved by itself.</summary>
    private const int ShortRun = 8;

    private readonly int[] _rows;
    private readonly int[] _columns;
    private readonly int[] _channels;
    private readonly List<(int At, int Count)> _pixelRuns;
    private readonly List<(int At, int Count)> _channelRuns;
    private readonly int _fill;

    public MoveStep(MovePlan plan, int fill, Slot source, Slot target) : base(target, source)
    {
        var (rank, from, to) = (plan.Output.Count, source.Layout, target.Layout);
        _channels = from.Addresses(plan.Joined(0, 1));
        _rows = from.Addresses(plan.Joined(1, rank > 3 ? 1 : 0));
        _columns = from.Addresses(plan.Joined(rank > 3 ? 2 : 1, rank));
        _fill = fill;
        _channelRuns = Runs(_channels, 1);
        var keepsPixels = _channelRuns.Count == 1 && _channels[0] == 0 && from.PixelStride == to.PixelStride;
        _pixelRuns = keepsPixels ? Runs(_columns, from.PixelStride) : [.. Enumerable.Range(0, to.Width).Select(static x => (x, 1))];
    }

    public override void Run(byte* arena, byte* scratch)
    {
        var (from, to) = (Sources[0], Target);
        for (var n = 0; n < to.Layout.Batch; n++)
        {
            var frame = from.Pixel(arena, n, 0, 0);
            for (var y = 0; y < to.Layout.Height; y++)
            {
                foreach (var (x, count) in _pixelRuns)
                {
                    var target = to.Pixel(arena, n, y, x);
                    if (_rows[y] == MovePlan.Outside || _columns[x] == MovePlan.Outside)
                    {
                        Fill(target, 0, ((count - 1) * to.Layout.PixelStride) + to.Layout.Channels);
                        continue;
                    }

                    var source = frame + (((long)_rows[y] + _columns[x]) * from.Layout.ElementBytes);
                    if (count > 1)
                    {
                        Copy(source, target, ((count - 1) * to.Layout.PixelStride) + to.Layout.Channels);
                    }
                    else
                    {
                        Move(source, target);
                    }
                }
            }
        }
    }

    /// <summary>One pixel.</summary>
    private void Move(byte* source, byte* target)
    {
        var bytes = Target.Layout.ElementBytes;
        foreach (var (at, count) in _channelRuns)
        {
            if (_channels[at] == MovePlan.Outside)
            {
                Fill(target, at, count);
            }
            else if (count >= ShortRun)
            {
                Copy(source + ((long)_channels[at] * bytes), target + ((long)at * bytes), count);
            }
            else
            {
                for (var c = at; c < at + count; c++)
                {
                    if (Target.Layout.IsWide)
                    {
                        ((int*)target)[c] = ((int*)source)[_channels[c]];
                    }
                    else
                    {
                        ((short*)target)[c] = ((short*)source)[_channels[c]];
                    }
                }
            }
        }
    }

    private void Copy(byte* source, byte* target, int elements)
    {
        var bytes = (long)elements * Target.Layout.ElementBytes;
        Buffer.MemoryCopy(source, target, bytes, bytes);
    }

    private void Fill(byte* pixel, int channel, int count)
    {
        if (Target.Layout.IsWide)
        {
            new Span<int>((int*)pixel + channel, count).Fill(_fill);
        }
        else
        {
            new Span<short>((short*)pixel + channel, count).Fill((short)_fill);
        }
    }

    /// <summary>The runs of a table whose addresses go up by <paramref name="step"/>, or that all lie outside.</summary>
    private static List<(int At, int Count)> Runs(int[] addresses, int step)
    {
        var runs = new List<(int At, int Count)>();
        for (var i = 0; i < addresses.Length; i++)
        {
            var follows = i > 0 && (addresses[i] == MovePlan.Outside ? addresses[i - 1] == MovePlan.Outside && step == 1 : addresses[i - 1] != MovePlan.Outside && addresses[i] == addresses[i - 1] + step);
            if (follows)
            {
                runs[^1] = (runs[^1].At, runs[^1].Count + 1);
            }
            else
            {
                runs.Add((i, 1));
            }
        }

        return runs;
    }
}
