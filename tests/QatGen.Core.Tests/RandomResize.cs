using QatGen.Primitives;

namespace QatGen.Core.Tests;

/// <summary>Linear resizes of every kind: to larger and smaller maps, by sizes and factors, with exact and with rounded weights.</summary>
internal static class RandomResize
{
    private static readonly double[] Factors = [0.5, 0.6, 1, 1.7, 2, 2.25, Math.PI];

    public static ResizeGeometry Create(Random random, Seq<int> shape)
    {
        var (align, recompute) = (random.Next(2) == 0, random.Next(2) == 0);
        var factors = shape.Skip(2).Select(d => Factors.Where(f => d * f is >= 1 and < 40).ElementAtOrDefault(random.Next(Factors.Length)) is var f and > 0 ? f : 1).ToSeq();
        return random.Next(2) == 0 ? new(shape.Skip(2).Select(_ => random.Next(1, 20)).ToSeq(), Seq<double>.Empty, align) : new(Seq<int>.Empty, factors, align, recompute);
    }
}
