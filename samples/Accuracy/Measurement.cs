namespace Accuracy;

/// <summary>
/// One row of a run: top-1 in percent over the whole test set, of QAT in VALIDATION and of the fixed-point program, and how many integers of their outputs differ; float rows have <paramref name="Bits"/> 32 and only the first.
/// </summary>
public sealed record Measurement(string Subject, int Seed, string Method, int Bits, double Top1, double? FixedPoint, long? Differing, double Seconds)
{
    /// <summary>Whether it is of this row, which is not measured twice.</summary>
    public bool Is(string subject, int seed, string method, int bits) => (Subject, Seed, Method, Bits) == (subject, seed, method, bits);
}
