namespace QatGen.Bpu;

/// <summary>The units of a core. They work in parallel; each runs its own instructions in order.</summary>
internal enum Engine
{
    /// <summary>Copies from DDR to on-chip memory.</summary>
    Load,

    /// <summary>The multiply-accumulate array.</summary>
    Tensor,

    /// <summary>Rescaling, pooling and moving.</summary>
    Vector,

    /// <summary>Copies from on-chip memory to DDR.</summary>
    Store,
}

internal static class Engines
{
    public static Seq<Engine> All { get; } = Enum.GetValues<Engine>().ToSeq();
}
