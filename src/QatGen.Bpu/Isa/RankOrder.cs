namespace QatGen.Bpu;

/// <summary>Which elements of a line come first.</summary>
internal enum RankOrder
{
    Largest,
    Smallest,
}
