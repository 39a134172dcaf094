using System.Globalization;
using QatGen.Primitives;

namespace QatGen.Marches.Limits;

/// <summary>What limits ask of shapes and how they say what they found.</summary>
internal static class Words
{
    /// <summary>A dimension, or -1 while it is not known or not there.</summary>
    public static int Dimension(this Fact x, int axis) => x.IsKnown && axis < x.Rank ? x.Shape[axis] : Fact.UnknownDimension;

    /// <summary>Whether every dimension behind the batch is at most <paramref name="largest"/>.</summary>
    public static bool SidesUpTo(this Fact x, int largest) => x.Shape.Skip(1).All(d => d <= largest);

    public static string Count(long n) => n.ToString(CultureInfo.InvariantCulture);

    public static string Pair(int a, int b) => Count(a) + " x " + Count(b);
}
