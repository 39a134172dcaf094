namespace QatGen.Arithmetic;

/// <summary>
/// A real function that becomes a table. Left and right of its domain it has the value at the edge: log(x) is -infinity, which saturates, for every x up to 0, and acos(x) is 0 for every x from 1 on.
/// No value is NaN.
/// </summary>
public sealed class TableFunction(string name, Func<double, double> function, double low = double.NegativeInfinity, double high = double.PositiveInfinity)
{
    /// <summary>How users know it: <c>log</c>, <c>elu(alpha: 0.5)</c>.</summary>
    public string Name => name;

    public double Value(double x) => function(Math.Min(Math.Max(x, low), high));

    /// <summary>Results with the finite ones that inputs left and right of the domain have, which are never counted among the observed.</summary>
    public ClampRange WithEdges(ClampRange results)
    {
        foreach (var edge in new[] { low, high }.Where(static e => IsFinite(e)).Select(Value).Where(IsFinite))
        {
            results = new(Math.Min(results.Low, edge), Math.Max(results.High, edge));
        }

        return results;
    }

    /// <summary>Whether the function means anything there: inside its domain, and not at a pole.</summary>
    public bool IsDefined(double x) => x >= low && x <= high && IsFinite(Value(x));

    /// <summary>The slope as a central difference in double, good to some 1e-9; 0 at poles and where the function has its edge's value.</summary>
    public double Derivative(double x)
    {
        var h = 1e-5 * Math.Max(1e-3, Math.Abs(x));
        var slope = (Value(x + h) - Value(x - h)) / (2 * h);
        return IsDefined(x) && IsFinite(slope) ? slope : 0;
    }

    /// <summary>A value that float32 holds, as it does the width of a range of such values.</summary>
    public static bool IsFinite(double value) => Math.Abs(value) <= float.MaxValue / 2;
}
