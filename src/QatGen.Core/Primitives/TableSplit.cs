namespace QatGen.Primitives;

/// <summary>Where the segments of an int16 table begin.</summary>
public enum TableSplit
{
    /// <summary>Whichever of the others has the smaller largest error, then mean error.</summary>
    Automatic,

    /// <summary>Six equal parts of the whole range.</summary>
    Even,

    /// <summary>Short segments where the function bends, lines where it hardly does.</summary>
    Curvature,
}
