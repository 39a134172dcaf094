namespace QatGen;

/// <summary>Where the integers of an input come from.</summary>
public enum InputSource
{
    /// <summary>Memory: whatever the program wrote there.</summary>
    Ddr,

    /// <summary>A region of an image that the hardware scales: centered YUV in 8 bits.</summary>
    Resizer,

    /// <summary>The image pyramid of a camera: centered YUV in 8 bits.</summary>
    Pyramid,
}
