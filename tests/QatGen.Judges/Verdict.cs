namespace QatGen.Judges;

/// <summary>How a judge's values compare with ours: equal, rounded the other way beside the middle of two integers (NUMERICS section 9) or because the judge's bias is not rounded, or wrong.</summary>
internal sealed record Verdict(string Operator, string Judge, int Cases, int Values, int Agreed, int Ties, int Biases, IReadOnlyList<string> Wrong)
{
    public static Verdict Sum(string op, string judge, IEnumerable<Verdict> verdicts) => verdicts.Aggregate(
        new Verdict(op, judge, 0, 0, 0, 0, 0, []),
        static (a, b) => a with { Cases = a.Cases + b.Cases, Values = a.Values + b.Values, Agreed = a.Agreed + b.Agreed, Ties = a.Ties + b.Ties, Biases = a.Biases + b.Biases, Wrong = [.. a.Wrong, .. b.Wrong] });
}
