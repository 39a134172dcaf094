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

    public ExecutionPlan Plan(int batch) =>
        batch < 1 ? throw QatGenException.Of(ShapeRules.BatchSize, _signature.Name, $"{batch}") : _plans.GetOrAdd(batch, b => new Planner(_packing, b).Plan());

    /// <summary>A session that no other thread has.</summary>
    public InferenceSession Rent(int batch) => Idle(batch).TryTake(out var session) ? session : new(_signature, Plan(batch));

    public void Return(InferenceSession session) => Idle(session.Batch).Add(session);

    private ConcurrentBag<InferenceSession> Idle(int batch) => _idle.GetOrAdd(batch, static _ => []);
}
