using QatGen.Kernels.Planning;

namespace QatGen.Kernels.Steps;

/// <summary>One thing an execution plan does: reads slots and fills one. It keeps no state between runs, so one plan serves many arenas.</summary>
internal abstract unsafe class Step(Slot target, params Slot[] sources)
{
    public Slot Target { get; } = target;

    public IReadOnlyList<Slot> Sources { get; } = sources;

    /// <summary>Memory that the step needs only while it runs.</summary>
    public virtual int ScratchBytes => 0;

    public abstract void Run(byte* arena, byte* scratch);
}
