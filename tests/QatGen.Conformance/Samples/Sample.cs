using System.Globalization;
using QatGen.Operators;

namespace QatGen.Conformance.Samples;

/// <summary>
/// A random case of one operator: shapes changed from one of its examples, batch, types, a scale for each input, factors on the calibrated scale of the result and on parameters, and what the data is like.
/// <paramref name="Seed"/> makes its numbers.
/// </summary>
internal sealed record Sample(Example Example, int Batch, DType Input, DType Output, Seq<double> Scales, double ResultFactor, double ParameterFactor, DataKind Data, int Seed)
{
    private const double UsualScale = 1 / 64.0;

    private static readonly int[] Sizes = [1, 2, 3, 5, 7, 13, 17, 31, 64];
    private static readonly int[] Batches = [1, 1, 2, 3, 5];
    private static readonly DType[] Types = [DType.QInt8, DType.QInt16];
    private static readonly DataKind[] Kinds = [DataKind.Zero, DataKind.Even, DataKind.Even, DataKind.Bell, DataKind.Bell, DataKind.Negative, DataKind.Saturated];

    /// <summary>The sample of an operator that a seed makes; the first seed keeps the shapes of an example.</summary>
    public static Sample Draw(Operator op, int seed)
    {
        var random = new Random(seed);
        Example[] examples = [.. op.Examples()];
        var example = examples[random.Next(examples.Length)];
        for (var change = random.Next(3); change > 0; change--)
        {
            var shape = example.InputShapes[random.Next(example.InputShapes.Count)];
            example = Resized(example, random.Next(1, Math.Max(2, shape.Count)), shape, Sizes[random.Next(Sizes.Length)]);
        }

        var (input, output) = (Types[random.Next(2)], Types[random.Next(2)]);
        var scales = example.InputShapes.Select(_ => Scale(random)).ToSeq();
        return new(example, Batches[random.Next(Batches.Length)], input, op.OwnsScale ? output : input, scales, Power(random, 0.5), Power(random, 0.3), Kinds[random.Next(Kinds.Length)], seed);
    }

    /// <summary>Samples that are simpler in one way, the simplest first.</summary>
    public IEnumerable<Sample> Simpler()
    {
        if (Batch > 1)
        {
            yield return this with { Batch = 1 };
        }

        foreach (var (shape, axis) in Example.InputShapes.SelectMany(static s => Enumerable.Range(1, Math.Max(0, s.Count - 1)).Select(a => (s, a))))
        {
            foreach (var size in new[] { 1, shape[axis] / 2, shape[axis] - 1 }.Where(n => n > 0 && n < shape[axis]))
            {
                yield return this with { Example = Resized(Example, axis, shape, size) };
            }
        }

        foreach (var kind in Enum.GetValues<DataKind>().Where(k => k < Data))
        {
            yield return this with { Data = kind };
        }

        if (ResultFactor != 1)
        {
            yield return this with { ResultFactor = 1 };
        }

        if (ParameterFactor != 1)
        {
            yield return this with { ParameterFactor = 1 };
        }

        if (Scales.Any(static s => s != UsualScale))
        {
            yield return this with { Scales = Scales.Select(static _ => UsualScale).ToSeq() };
        }
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Example.Node.Operator} '{Example.Name}' seed {Seed}: batch {Batch}, {string.Join(" ", Example.InputShapes)} {string.Join(" ", Example.ParameterShapes)}, {Input.Name()} to {Output.Name()}, scales {string.Join(" ", Scales)}, result x {ResultFactor}, parameters x {ParameterFactor}, {Data}; {Example.Node.Attributes}");

    /// <summary>Another size for an axis, counted from the end, wherever inputs and parameters have that size there.</summary>
    private static Example Resized(Example example, int axis, Seq<int> of, int size)
    {
        var (fromEnd, before) = (of.Count - axis, of[Math.Min(axis, of.Count - 1)]);
        Seq<int> Changed(Seq<int> shape, int first) => shape.Select((d, i) => i >= first && i == shape.Count - fromEnd && d == before ? size : d).ToSeq();
        return example with { InputShapes = example.InputShapes.Select(s => Changed(s, 1)).ToSeq(), ParameterShapes = example.ParameterShapes.Select(s => Changed(s, 0)).ToSeq() };
    }

    /// <summary>A usual scale, or one anywhere within 2^-12 and 2^12.</summary>
    private static double Scale(Random random) => (float)(random.Next(2) == 0 ? 0.01 + (0.04 * random.NextDouble()) : Math.Pow(2, (random.NextDouble() * 24) - 12));

    private static double Power(Random random, double chance) => random.NextDouble() < chance ? Math.Pow(2, random.Next(-12, 13)) : 1;
}
