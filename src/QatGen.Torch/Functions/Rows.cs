using System.Runtime.Intrinsics;
using QatGen.Arithmetic;
using static TorchSharp.torch;

namespace QatGen.Torch.Functions;

/// <summary>
/// A tensor [N, C, ...] as rows of <paramref name="Length"/> values, each in one lane: row r has lane r % <paramref name="Period"/>, unless a map gives each position of a row its own.
/// Channels that are shorter than a vector make rows of whole frames.
/// </summary>
internal sealed record Rows(int Count, int Length, int Period, int[]? Map)
{
    public static Rows Of(Tensor tensor, LaneKind lanes, Seq<int> map)
    {
        var shape = tensor.shape;
        var length = (int)shape.Skip(2).Aggregate(1L, static (n, d) => n * d);
        return lanes switch
        {
            LaneKind.Channel when length < Vector512<float>.Count => new((int)shape[0], (int)shape[1] * length, 1, [.. Enumerable.Range(0, (int)shape[1] * length).Select(i => i / length)]),
            LaneKind.Channel => new((int)(shape[0] * shape[1]), length, (int)shape[1], null),
            LaneKind.Position => new((int)(shape[0] * shape[1]), length, 1, map.ToArray()),
            _ => new((int)shape[0], (int)(tensor.numel() / Math.Max(1, shape[0])), 1, null),
        };
    }

    /// <summary>A number for each lane, written out for each position of a row where there is a map.</summary>
    public double[] Laned(int lanes, Func<int, double> number) => Map is null ? [.. Enumerable.Range(0, lanes).Select(number)] : [.. Map.Select(number)];

    /// <summary>Where a row's numbers begin in such an array.</summary>
    public int First(int row) => Map is null ? row % Period : 0;

    /// <summary>Which of those numbers is that of a position.</summary>
    public int At(int row, int position) => Map is null ? row % Period : position;
}
