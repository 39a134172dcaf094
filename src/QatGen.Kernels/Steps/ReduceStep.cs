using System.Numerics;
using System.Runtime.CompilerServices;
using QatGen.Kernels.Planning;
using QatGen.Kernels.Simd;
using QatGen.Primitives;

namespace QatGen.Kernels.Steps;

/// <summary>
/// A reduction of int16: first the pixels that become one, all channels at once, into int32 in scratch memory, then the channels if they are reduced too. What lies behind the last channel takes part in the
/// first, never in the second.
/// </summary>
internal sealed unsafe class ReduceStep : Step
{
    private readonly ReduceKind _kind;
    private readonly int[] _rows;
    private readonly int[] _columns;
    private readonly int[] _along;
    private readonly bool _joinsChannels;

    public ReduceStep(Reduction reduction, Seq<int> shape, Slot source, Slot target) : base(target, source)
    {
        var axes = reduction.For(shape.Count);
        _kind = reduction.Kind;
        _joinsChannels = axes.Contains(1);
        (_rows, _columns, _along) = ([0], [0], [0]);
        for (var axis = 2; axis < shape.Count; axis++)
        {
            var isRow = axis == 2 && shape.Count > 3;
            var step = source.Layout.Step(shape, axis);
            ref var table = ref (axes.Contains(axis) ? ref _along : ref isRow ? ref _rows : ref _columns);
            table = [.. table.SelectMany(at => Enumerable.Range(0, shape[axis]).Select(i => at + (i * step)))];
        }
    }

    public override int ScratchBytes => MicroKernels.Padded(Sources[0].Layout.Channels) * sizeof(int);

    public override void Run(byte* arena, byte* scratch)
    {
        var channels = Sources[0].Layout.Channels;
        for (var at = new PixelCursor(Target.Layout); at.N < Target.Layout.Batch; at.Next())
        {
            var first = (short*)Sources[0].Pixel(arena, at.N, 0, 0) + _rows[at.Y] + _columns[at.X];
            var result = Target.Pixel(arena, at.N, at.Y, at.X);
            var values = (int*)scratch;
            Along(first, values, MicroKernels.Padded(channels));
            var count = _joinsChannels ? 1 : channels;
            if (_joinsChannels)
            {
                values[0] = Joined(new(values, channels));
            }

            for (var c = 0; c < count; c++)
            {
                if (Target.Layout.IsWide)
                {
                    ((int*)result)[c] = values[c];
                }
                else
                {
                    ((short*)result)[c] = (short)values[c];
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Along(short* first, int* values, int channels)
    {
        for (var c = 0; c < channels; c += Vector<short>.Count)
        {
            Vector.Widen(Vector.Load(first + c), out var low, out var high);
            for (var i = 1; i < _along.Length; i++)
            {
                Vector.Widen(Vector.Load(first + _along[i] + c), out var nextLow, out var nextHigh);
                (low, high) = _kind switch
                {
                    ReduceKind.Maximum => (Vector.Max(low, nextLow), Vector.Max(high, nextHigh)),
                    ReduceKind.Minimum => (Vector.Min(low, nextLow), Vector.Min(high, nextHigh)),
                    _ => (low + nextLow, high + nextHigh),
                };
            }

            low.Store(values + c);
            high.Store(values + c + Vector<int>.Count);
        }
    }

    private int Joined(ReadOnlySpan<int> values)
    {
        var result = values[0];
        foreach (var value in values[1..])
        {
            result = _kind switch { ReduceKind.Maximum => Math.Max(result, value), ReduceKind.Minimum => Math.Min(result, value), _ => result + value };
        }

        return result;
    }
}
