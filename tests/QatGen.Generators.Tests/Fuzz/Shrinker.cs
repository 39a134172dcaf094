namespace QatGen.Generators.Tests.Fuzz;

/// <summary>Makes a failing model small: drops and lowers choices while it still fails in the same way.</summary>
internal static class Shrinker
{
    private const int MostTries = 400;

    public static Batch.Outcome Run(Batch.Outcome failing, bool refuses)
    {
        var (best, tries) = (failing, 0);
        for (var size = Math.Max(1, best.Model.Choices.Count / 2); size > 0; size /= 2)
        {
            for (var at = 0; at < best.Model.Choices.Count && tries < MostTries;)
            {
                var choices = best.Model.Choices;
                IReadOnlyList<int>[] smaller = [[.. choices.Take(at), .. choices.Skip(at + size)], [.. choices.Select((c, i) => i >= at && i < at + size ? 0 : c)]];
                var next = smaller.Where(s => !s.SequenceEqual(choices)).Select(s => Try(s)).FirstOrDefault(o => Kind(o) == Kind(failing) && IsSmaller(o.Model, best.Model));
                (best, at) = next is null ? (best, at + size) : (next, at);
            }
        }

        return best;

        Batch.Outcome Try(IReadOnlyList<int> choices)
        {
            tries++;
            return Batch.Run([ModelFuzzer.Write(new Choices(choices), failing.Model.Namespace, refuses)])[0];
        }
    }

    private static bool IsSmaller(FuzzModel a, FuzzModel b) => (a.Source.Length, a.Choices.Sum()).CompareTo((b.Source.Length, b.Choices.Sum())) < 0;

    private static string? Kind(Batch.Outcome outcome) => outcome.Wrong?.Split(':')[0];
}
