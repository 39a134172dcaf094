using Microsoft.CodeAnalysis;

namespace QatGen.Generators.Capture;

/// <summary>Ends a capture that cannot go on; never leaves <see cref="ModelCapture"/>.</summary>
internal sealed class CaptureException(Violation violation, Location location) : Exception(violation.Message)
{
    /// <summary>The condition on constructor arguments that would decide what could not be decided.</summary>
    public Scalar? Condition { get; init; }

    public LocatedViolation Found { get; } = new(violation, location);
}

/// <summary>The captured code itself throws on this path, such as a guard clause in a constructor.</summary>
internal sealed class PathThrowsException(Location location) : Exception
{
    public Location Location { get; } = location;
}

/// <summary>The captured code does not compile here: the compiler says so, and capture neither guesses nor repeats it.</summary>
internal sealed class BrokenSourceException : Exception;
