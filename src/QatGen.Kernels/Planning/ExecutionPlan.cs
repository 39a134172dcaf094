using QatGen.Kernels.Steps;

namespace QatGen.Kernels.Planning;

/// <summary>An integer program compiled for one batch size: steps in order, and where inputs and outputs lie. Immutable; it runs in any memory of its size.</summary>
internal sealed class ExecutionPlan(IReadOnlyList<Step> steps, IReadOnlyList<Slot> inputs, IReadOnlyList<Slot> outputs, long arenaBytes)
{
    private readonly Step[] _steps = [.. steps];

    public IReadOnlyList<Step> Steps => _steps;

    public IReadOnlyList<Slot> Inputs { get; } = inputs;

    public IReadOnlyList<Slot> Outputs { get; } = outputs;

    /// <summary>Memory for the values alone.</summary>
    public long ArenaBytes { get; } = arenaBytes;

    /// <summary>Memory that a run needs: values, then the scratch of the step that needs most.</summary>
    public long TotalBytes { get; } = arenaBytes + steps.Select(static s => s.ScratchBytes).DefaultIfEmpty().Max();

    /// <summary>Runs on memory whose input slots are filled.</summary>
    public unsafe void Run(byte* memory)
    {
        foreach (var step in _steps)
        {
            step.Run(memory, memory + ArenaBytes);
            step.Target.ClearBorder(memory);
        }
    }
}
