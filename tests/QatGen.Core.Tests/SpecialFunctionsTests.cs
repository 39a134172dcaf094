using QatGen.Arithmetic;

namespace QatGen.Core.Tests;

/// <summary>Against the base library of .NET and values of the literature.</summary>
public sealed class SpecialFunctionsTests
{
    private const double Tolerance = 4e-15;

    [Fact]
    public void Hyperbolic_OverTheRange_EqualTheBaseLibrary()
    {
        for (var x = -40.0; x <= 40; x += 0.0137)
        {
            Close(Math.Asinh(x), SpecialFunctions.Asinh(x));
            Close(Math.Acosh(1 + Math.Abs(x)), SpecialFunctions.Acosh(1 + Math.Abs(x)));
            Close(Math.Atanh(x / 41), SpecialFunctions.Atanh(x / 41));
        }

        foreach (var small in new[] { 1e-300, 1e-20, 1e-9, 1e-3 })
        {
            Close(Math.Asinh(small), SpecialFunctions.Asinh(small));
            Close(Math.Atanh(-small), SpecialFunctions.Atanh(-small));
        }

        Close(Math.Asinh(1e200), SpecialFunctions.Asinh(1e200));
        Close(Math.Acosh(1e200), SpecialFunctions.Acosh(1e200));
        Assert.Equal((double.PositiveInfinity, double.NegativeInfinity), (SpecialFunctions.Atanh(1), SpecialFunctions.Atanh(-1)));
    }

    // Decimal expansions from Abramowitz and Stegun, table 7.1, and by series in higher precision.
    [Theory]
    [InlineData(0.1, 0.1124629160182848922)]
    [InlineData(0.5, 0.5204998778130465377)]
    [InlineData(1.0, 0.8427007929497148693)]
    [InlineData(1.5, 0.9661051464753107271)]
    [InlineData(2.0, 0.9953222650189527342)]
    [InlineData(3.0, 0.9999779095030014146)]
    public void Erf_KnownValues_AreMet(double x, double expected)
    {
        Close(expected, SpecialFunctions.Erf(x));
        Close(-expected, SpecialFunctions.Erf(-x));
        Assert.InRange(SpecialFunctions.Erfc(x) + expected, 1 - 1e-15, 1 + 1e-15);
    }

    [Theory]
    [InlineData(3.0, 2.209049699858544137e-5)]
    [InlineData(5.0, 1.537459794428034850e-12)]
    [InlineData(10.0, 2.088487583762544757e-45)]
    public void Erfc_OfLargeArguments_KeepsItsDigits(double x, double expected) => Close(expected, SpecialFunctions.Erfc(x), 1e-13);

    [Fact]
    public void Erf_WhereItsHalvesMeet_IsContinuous() => Assert.InRange(SpecialFunctions.Erf(2) - SpecialFunctions.Erf(Math.BitDecrement(2)), 0, 1e-15);

    [Theory]
    [InlineData(1e-20)]
    [InlineData(-1e-10)]
    [InlineData(1e-5)]
    [InlineData(0.3)]
    [InlineData(-0.7)]
    [InlineData(12.5)]
    public void Expm1AndLog1p_AreInverse(double x) => Close(x, SpecialFunctions.Log1p(SpecialFunctions.Expm1(x)), 1e-14);

    private static void Close(double expected, double actual, double tolerance = Tolerance) =>
        Assert.True(expected == actual || Math.Abs(actual - expected) <= tolerance * Math.Abs(expected), $"{actual:R} is not {expected:R}");
}
