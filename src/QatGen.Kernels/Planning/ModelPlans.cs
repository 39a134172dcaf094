using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using QatGen.Kernels.Simd;

namespace QatGen.Kernels.Planning;

/// <summary>What has been compiled for a model, kept as long as the model: packed constants, plans by batch size, and sessions that nobody uses at the moment. Safe for threads.</summary>
internal sealed class ModelPlans(FixedPointModel model)
{
    private static readonly ConditionalWeakTable<FixedPointModel, ModelPlans> Known = [];

    private readonly Packing _packing = new(model.Record(), MicroKernels.Best);
    private readonly Signature _signature = model.Signature;
    private readonly ConcurrentDictionary<int, ExecutionPlan> _plans = new();
    private readonly ConcurrentDictionary<int, ConcurrentBag<InferenceSession>> _idle = new();

    public static ModelPlans Of(FixedPointModel model) => Known.GetValue(model, static m => new(m));

    /// <summary>The plan for a batch size; one that is empty or too large for memory breaks <see cref="ShapeRules.BatchSize"/>.</summary>
    public ExecutionPlan Plan(int batch)
    {
        try
        {
            if (batch > 0 && _plans.GetOrAdd(batch, b => new Planner(_packing, b).Plan()) is { TotalBytes: <= Pinned<byte>.LargestCount } plan)
            {
                return plan;
            }
        }
        catch (OverflowException)
        {
            // A frame so large that its offsets are no int.
        }

        throw QatGenException.Of(ShapeRules.BatchSize, _signature.Name, $"{batch}");
    }

    /// <summary>A session that no other thread has.</summary>
    public InferenceSession Rent(int batch) => Idle(batch).TryTake(out var session) ? session : new(_signature, Plan(batch));

    public void Return(InferenceSession session) => Idle(session.Batch).Add(session);

    private ConcurrentBag<InferenceSession> Idle(int batch) => _idle.GetOrAdd(batch, static _ => []);
}
