namespace QatGen.Conformance.Samples;

/// <summary>Finds a simpler sample that fails like a given one.</summary>
internal static class Shrinker
{
    private const int MostTries = 200;

    public static Sample Shrink(Sample sample, Func<Sample, bool> fails)
    {
        for (var tries = 0; ;)
        {
            var simpler = sample.Simpler().TakeWhile(_ => tries++ < MostTries).FirstOrDefault(fails);
            if (simpler is null)
            {
                return sample;
            }

            sample = simpler;
        }
    }
}
