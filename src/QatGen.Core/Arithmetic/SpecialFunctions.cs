namespace QatGen.Arithmetic;

/// <summary>Functions of one real that the base library of analyzers lacks, to a few units of the last place of double.</summary>
public static class SpecialFunctions
{
    private const double TwoOverRootPi = 1.1283791670955126;

    /// <summary>ln(1 + x), exact near 0: the rounding error of 1 + x is in both factors (Kahan).</summary>
    public static double Log1p(double x)
    {
        var u = 1 + x;
        return u == 1 ? x : double.IsInfinity(u) ? u : Math.Log(u) * x / (u - 1);
    }

    /// <summary>e^x - 1, exact near 0 for the same reason.</summary>
    public static double Expm1(double x)
    {
        var u = Math.Exp(x);
        return u == 1 ? x : Math.Abs(x) < 1 ? (u - 1) * x / Math.Log(u) : u - 1;
    }

    /// <summary>sign(x) ln(|x| + sqrt(x^2 + 1)).</summary>
    public static double Asinh(double x)
    {
        var a = Math.Abs(x);
        var value = a > 1e8 ? Math.Log(a) + Math.Log(2) : Log1p(a + (a * a / (1 + Math.Sqrt(1 + (a * a)))));
        return x < 0 ? -value : value;
    }

    /// <summary>ln(x + sqrt(x^2 - 1)) for x of at least 1.</summary>
    public static double Acosh(double x)
    {
        var t = x - 1;
        return x > 1e8 ? Math.Log(x) + Math.Log(2) : Log1p(t + Math.Sqrt((2 * t) + (t * t)));
    }

    /// <summary>ln((1 + x) / (1 - x)) / 2 for x of -1 to 1; infinite at both.</summary>
    public static double Atanh(double x) => x < 0 ? -Atanh(-x) : 0.5 * Log1p(2 * x / (1 - x));

    /// <summary>2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x.</summary>
    public static double Erf(double x) => x < 0 ? -Erf(-x) : x < 2 ? Series(x) : 1 - Fraction(x);

    /// <summary>1 - erf(x), with all its digits where it is small.</summary>
    public static double Erfc(double x) => x < 2 ? 1 - Erf(x) : Fraction(x);

    /// <summary>erf(x) = 2 / sqrt(pi) e^(-x^2) sum of 2^n x^(2n+1) / (1 * 3 ... (2n+1)) (Abramowitz and Stegun 7.1.6): all terms are positive.</summary>
    private static double Series(double x)
    {
        var (term, sum) = (x, x);
        for (var n = 1; term > sum * 1e-17; n++)
        {
            term *= 2 * x * x / ((2 * n) + 1);
            sum += term;
        }

        return TwoOverRootPi * Math.Exp(-x * x) * sum;
    }

    /// <summary>erfc(x) = e^(-x^2) / sqrt(pi) / (x + (1/2) / (x + 1 / (x + (3/2) / (x + ...)))) (7.1.14), from the inside out.</summary>
    private static double Fraction(double x)
    {
        if (x > 27)
        {
            return 0;
        }

        var value = x;
        for (var n = 120; n > 0; n--)
        {
            value = x + (n / 2.0 / value);
        }

        return TwoOverRootPi / 2 * Math.Exp(-x * x) / value;
    }
}
