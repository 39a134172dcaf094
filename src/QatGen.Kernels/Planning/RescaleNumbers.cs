using QatGen.Arithmetic;
using QatGen.Kernels.Simd;
using QatGen.Primitives;

namespace QatGen.Kernels.Planning;

/// <summary>
/// A rescale's numbers in double, per channel: low, high, then a multiplier m * 2^-r per term (exact: a power of two only moves the exponent). Position and Input lanes are sets of their own.
/// </summary>
internal sealed unsafe class RescaleNumbers
{
    private readonly Pinned<double> _numbers;
    private readonly Seq<int> _map;
    private readonly int _setSize;

    public RescaleNumbers(RescaleConstant r, int channels)
    {
        Channels = MicroKernels.Padded(channels);
        _map = r.Map;
        _setSize = (2 + r.Terms) * Channels;
        var sets = r.Lanes is LaneKind.Position or LaneKind.Input ? r.LaneCount : 1;
        _numbers = new((long)sets * _setSize);
        for (var set = 0; set < sets; set++)
        {
            for (var c = 0; c < channels; c++)
            {
                var lane = r.Lanes switch { LaneKind.Channel => c, LaneKind.Tensor => 0, _ => set };
                var at = _numbers.Span.Slice(set * _setSize, _setSize);
                at[c] = r.Lows[lane];
                at[Channels + c] = r.Highs[lane];
                for (var t = 0; t < r.Terms; t++)
                {
                    at[((2 + t) * Channels) + c] = Math.ScaleB(r.Multipliers[(lane * r.Terms) + t], -r.Shifts[lane]);
                }
            }
        }
    }

    public int Channels { get; }

    /// <summary>The numbers for a pixel of the map.</summary>
    public double* ForPixel(int pixel) => Set(_map.Count == 0 ? 0 : _map[pixel]);

    public double* Set(int set) => _numbers.Pointer + ((long)set * _setSize);

    /// <summary>Integers as they are, within limits: a clamp, or (with the type's own) an accumulator that nothing rescales.</summary>
    public static RescaleConstant Limits(DType type, int low, int high) => new(type, LaneKind.Tensor, 1, new(1), new(0), new(low), new(high), Seq<int>.Empty, new(1.0));
}
