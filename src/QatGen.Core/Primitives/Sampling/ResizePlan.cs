namespace QatGen.Primitives;

/// <summary>
/// A linear resize of a map: result (y, x) is the sum over the two taps of row y and of column x of weight * weight * source, which stands for <see cref="Denominator"/> times the real value.
/// </summary>
public sealed record ResizePlan(Seq<int> Output, ResizeLine Rows, ResizeLine Columns)
{
    public int Denominator => Rows.Denominator * Columns.Denominator;
}
