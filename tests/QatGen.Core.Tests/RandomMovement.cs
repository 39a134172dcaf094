using QatGen.Primitives;

namespace QatGen.Core.Tests;

/// <summary>Movements of every kind that fit a shape.</summary>
internal static class RandomMovement
{
    private const int LargestFrame = 1 << 16;

    /// <summary>A movement of which the result is not too large for a test; of many tries one fits any shape.</summary>
    public static Movement Create(Random random, Seq<int> shape)
    {
        while (true)
        {
            var movement = Any(random, shape);
            try
            {
                if (movement.For(shape).Output.Skip(1).Aggregate(1L, static (n, d) => n * d) <= LargestFrame)
                {
                    return movement;
                }
            }
            catch (MovementException)
            {
                // Another one.
            }
        }
    }

    private static Movement Any(Random random, Seq<int> shape)
    {
        var (rank, axis) = (shape.Count, random.Next(1, shape.Count));
        int Amount() => random.Next(-1, 4);
        int[] Amounts() => [.. Enumerable.Range(0, 2 * random.Next(1, rank)).Select(_ => Amount())];
        Seq<int> Each(int least, int end) => new([.. Enumerable.Range(0, rank - 2).Select(_ => random.Next(least, end))]);
        return random.Next(22) switch
        {
            0 => new Movement.Permute(new([0, .. Enumerable.Range(1, rank - 1).OrderBy(_ => random.Next())])),
            1 => new Movement.Transpose(axis, -random.Next(1, rank)),
            2 => new Movement.MoveAxis(axis, random.Next(1, rank)),
            3 => new Movement.Slice(axis, random.Next(-4, 4), random.Next(2) == 0 ? int.MaxValue : random.Next(-4, 40), random.Next(1, 4)),
            4 => new Movement.Select(axis, random.Next(-2, 2)),
            5 => new Movement.Section(axis, random.Next(1, 4), random.Next(-1, 2), random.Next(2) == 0),
            6 => new Movement.ConstantPad(new(Amounts())),
            7 => new Movement.ReplicatePad(new(Amounts())),
            8 => new Movement.ReflectPad(new(Amounts())),
            9 => new Movement.CircularPad(new(Amounts())),
            10 => new Movement.Spread(new([.. Enumerable.Range(0, rank - 2).Select(_ => random.Next(1, 4))])),
            11 => new Movement.Repeat(new([.. Enumerable.Range(0, rank - 1).Select(_ => random.Next(1, 3))])),
            12 => new Movement.RepeatInterleave(axis, random.Next(1, 4)),
            13 => new Movement.Flip(new(axis)),
            14 => new Movement.Roll(axis, random.Next(-20, 20)),
            15 => random.Next(2) == 0 ? new Movement.Unsqueeze(axis) : new Movement.Squeeze(axis),
            16 => random.Next(2) == 0 ? new Movement.Merge(axis, -1) : new Movement.Divide(axis, new(-1, random.Next(1, 4))),
            17 => new Movement.PixelShuffle(random.Next(1, 5)),
            18 => new Movement.PixelUnshuffle(random.Next(1, 4)),
            19 => new Movement.Windows(axis, random.Next(1, rank), random.Next(1, 4), random.Next(1, 3), random.Next(1, 3)),
            20 => new Movement.Interleave(random.Next(1, 3), Each(1, 3), Each(0, 2), Each(0, 2)),
            _ => new Movement.ChannelShuffle(random.Next(1, 6)),
        };
    }
}
