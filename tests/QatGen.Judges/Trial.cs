using QatGen.Torch.Tests.Golden;

namespace QatGen.Judges;

/// <summary>A judge's integers. One that <paramref name="AddsRealBias"/> does not round the bias to steps of the accumulator first.</summary>
internal sealed record Answer(string Judge, int[] Integers, bool AddsRealBias = false);

/// <summary>The exact values of a call in steps of its result, with the bias as NUMERICS section 3 rounds it and as it is.</summary>
internal sealed record Exact(double[] Values, double[] RealBias)
{
    public static Exact Of(double[] values) => new(values, values);
}

/// <summary>
/// Our integers for a call, its exact values, and what judges answer to it; <paramref name="ZeroPoint"/> is added to our integers, and then the limits of the judge's type hold.
/// </summary>
internal sealed record Trial(string Operator, string Name, Func<int[]> Ours, Func<Exact> Exact, IReadOnlyList<Answer> Answers, int ZeroPoint, int Low, int High)
{
    public static Trial Of(Problem problem, IReadOnlyList<Answer> answers, int zeroPoint = 0, int low = sbyte.MinValue, int high = sbyte.MaxValue) =>
        new(problem.Node.Operator, problem.Name, problem.Solve, problem.Exact, answers, zeroPoint, low, high);

    /// <summary>Compares every answer with ours.</summary>
    public IEnumerable<Verdict> Judge()
    {
        var (ours, exact) = (Ours().Select(q => Math.Clamp(q + ZeroPoint, Low, High)).ToArray(), Exact());
        foreach (var answer in Answers)
        {
            Assert.Equal(answer.Integers.Length, ours.Length);
            var findings = ours.Select((q, i) => Compare(q, answer.Integers[i], exact.Values[i], answer.AddsRealBias ? exact.RealBias[i] : exact.Values[i])).ToArray();
            var wrong = findings.Select((f, i) => (f, i)).Where(static p => p.f == Finding.Wrong)
                .Select(p => $"{Name} {answer.Judge}[{p.i}]: {answer.Integers[p.i]}, ours {ours[p.i]}, exact {exact.Values[p.i] + ZeroPoint:R}").ToArray();
            yield return new(Operator, answer.Judge, 1, ours.Length, findings.Count(static f => f == Finding.Agreed), findings.Count(static f => f == Finding.Tie), findings.Count(static f => f == Finding.Bias), wrong);
        }
    }

    private static Finding Compare(int ours, int theirs, double v, double withRealBias) =>
        ours == theirs ? Finding.Agreed
        : Math.Abs(ours - theirs) != 1 ? Finding.Wrong
        : GoldenFile.IsTie(v) ? Finding.Tie
        : Math.Floor(v + 0.5) != Math.Floor(withRealBias + 0.5) || (v != withRealBias && GoldenFile.IsTie(withRealBias)) ? Finding.Bias
        : Finding.Wrong;

    private enum Finding
    {
        Agreed,

        /// <summary>NUMERICS section 9: beside the middle of two integers, where either may be taken.</summary>
        Tie,

        /// <summary>The bias's own rounding moves the value over that middle.</summary>
        Bias,
        Wrong,
    }
}
