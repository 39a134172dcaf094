namespace QatGen;

/// <summary>The range of the integers of an 8-bit YUV image.</summary>
public enum Swing
{
    /// <summary>Y from 16 to 235, U and V from 16 to 240.</summary>
    Studio,

    /// <summary>All from 0 to 255: what a BPU's cameras give.</summary>
    Full,
}
