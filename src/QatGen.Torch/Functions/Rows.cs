using QatGen.Arithmetic;
using static TorchSharp.torch;

namespace QatGen.Torch.Functions;

/// <summary>
/// A tensor [N, C, ...] as rows of <paramref name="Length"/> values, each in one lane: row r has lane r % <paramref name="Period"/>, unless a map gives each position of a row its own.
/// </summary>
internal sealed record Rows(int Count, int Length, int Period, int[]? Map)
{
    public static Rows Of(Tensor tensor, LaneKind lanes, Seq<int> map)
    {
        var shape = tensor.shape;
        var length = (int)shape.Skip(2).Aggregate(1L, static (n, d) => n * d);
        return lanes switch
        {
            LaneKind.Channel => new((int)(shape[0] * shape[1]), length, (int)shape[1], null),
            LaneKind.Position => new((int)(shape[0] * shape[1]), length, 1, map.ToArray()),
            _ => new((int)shape[0], (int)(tensor.numel() / Math.Max(1, shape[0])), 1, null),
        };
    }

    public int Lane(int row) => row % Period;
}
