namespace QatGen.Operators;

/// <summary>What the program reads of a buffer that masks scores: numbers that are added, of which <see cref="ConstantTensor.Hides"/> and less hide, or bool.</summary>
public enum MaskReading
{
    /// <summary>The buffer as it is.</summary>
    None,

    /// <summary>The numbers that are added, 0 where they hide; of bool zeros.</summary>
    Finite,

    /// <summary>1 where a number hides or a bool is true, else 0.</summary>
    Hidden,

    /// <summary>1 where a number hides or a bool is false, else 0.</summary>
    Unseen,
}
