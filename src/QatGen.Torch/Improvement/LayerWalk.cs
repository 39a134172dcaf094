using QatGen.Torch.Configuration;
using QatGen.Torch.Modules;
using static TorchSharp.torch;

namespace QatGen.Torch.Improvement;

/// <summary>
/// Runs the float model and the integer one of VALIDATION side by side on some batches, node by node: each node is visited once, when everything before it is as it stays, and may change its parameters; the float
/// model keeps those of before. Values live as long as a node still reads them. Of the batches whose values are beyond a budget of bytes nothing is kept: they run anew from the input for each node that asks for them.
/// </summary>
internal sealed class LayerWalk
{
    /// <summary>The bytes of values of batches that are kept, unless somebody says another number.</summary>
    public const long UsualBudget = 1L << 30;

    private readonly IQatModule _model;
    private readonly Connections _connections;
    private readonly long _budget;
    private readonly List<Tensor[]> _batches = [];
    private readonly Dictionary<QatNode, (Tensor Weight, Tensor Bias)> _floats = [];
    private readonly RealPrimitives _reals = new(observe: false);
    private readonly IntegerPrimitives _integers = new(FakeQuantState.Validation);
    private readonly int _inputs;

    /// <summary>The last call that reads each value; of a value that none reads, the one that gives it.</summary>
    private readonly int[] _lastReader;

    /// <summary>Takes the batches; none at all is an error that names the <paramref name="purpose"/>.</summary>
    public LayerWalk(IQatModule model, IEnumerable<Tensor[]> batches, string purpose, long budget = UsualBudget)
    {
        model.RequireCalibration();
        (_model, _connections, _budget, _inputs) = (model, Connections.Of(model.Model), budget, model.Model.Inputs.Count);
        _lastReader = [.. Enumerable.Range(-_inputs, _inputs + _connections.Calls.Count)];
        foreach (var (call, (_, inputs)) in _connections.Calls.Index())
        {
            Array.ForEach(inputs, i => _lastReader[i] = call);
        }

        _batches.AddRange(batches);
        if (_batches.Count == 0)
        {
            throw QatGenException.Of(TrainingRules.NoData, "", purpose);
        }

        if (_batches.Find(b => b.Length != _inputs) is { } other)
        {
            throw QatGenException.Of(ShapeRules.InputCount, "", $"{other.Length}", $"{_inputs}");
        }
    }

    /// <summary>Visits the nodes in execution order; the batches are disposed. What <paramref name="visit"/> changed is kept only if all of it succeeds.</summary>
    public void Run(Action<LayerVisit> visit)
    {
        using var scope = NewDisposeScope();
        var (module, before) = (_model.Model.Module, new ModelMemory(_model.Model));
        var isTraining = module.training;
        module.eval();
        try
        {
            using (no_grad())
            {
                foreach (var node in _model.Model.Nodes.Where(static n => n.HasOwnWeight))
                {
                    var (weight, bias) = node.Folded;
                    _floats[node] = (weight.detach().clone(), bias.detach().clone());
                }

                Visit(visit);
            }
        }
        catch
        {
            before.Restore();
            throw;
        }
        finally
        {
            module.train(isTraining);

            // VALIDATION takes its weight scales anew.
            _model.Model.Session = new(_model.Model.State, _model.Model.Session.Others);
            _batches.ForEach(static b => Array.ForEach(b, static x => x.Dispose()));
        }
    }

    private void Visit(Action<LayerVisit> visit)
    {
        // The first batch is kept whatever it takes: running it anew would take as much.
        var kept = _batches.Select(Begin).ToList();
        Forget(kept);
        long[] frames = [.. _batches.Select(static b => b.Length == 0 ? 0 : b[0].shape[0])];
        for (var call = 0; call < _connections.Calls.Count; call++)
        {
            var (at, (node, inputs)) = (call, _connections.Calls[call]);
            visit(new(node, frames, kept[0].Rounded(inputs), look => Look(kept, at, look)));
            for (var b = 0; b < kept.Count; b++)
            {
                Step(kept[b], call);
                Forget(kept);
            }
        }
    }

    /// <summary>Lets go of the last batches as far as all take more than the budget.</summary>
    private void Forget(List<BatchValues> kept)
    {
        for (var bytes = kept.Sum(static k => k.Bytes); bytes > _budget && kept.Count > 1; kept.RemoveAt(kept.Count - 1))
        {
            bytes -= kept[^1].Bytes;
            kept[^1].Dispose();
        }
    }

    /// <summary>Shows what a call reads and gives, batch by batch.</summary>
    private void Look(List<BatchValues> kept, int call, Action<LayerBatch> look)
    {
        for (var b = 0; b < _batches.Count; b++)
        {
            var isKept = b < kept.Count;
            var values = isKept ? kept[b] : Begin(_batches[b]);
            for (var before = 0; before < (isKept ? 0 : call); before++)
            {
                Step(values, before);
            }

            using (var scope = NewDisposeScope())
            {
                var (node, inputs) = _connections.Calls[call];
                var real = values.Real(inputs);
                look(new(values.Rounded(inputs), real, (QatValue.Activation)Real(node, real)));
            }

            if (!isKept)
            {
                values.Dispose();
            }
        }
    }

    private BatchValues Begin(Tensor[] batch)
    {
        var values = new BatchValues();
        for (var i = 0; i < _inputs; i++)
        {
            var input = _model.Model.Inputs[i];
            values.Keep(i, () => input.Quantize(batch[i], FakeQuantState.Float), () => input.Quantize(batch[i], FakeQuantState.Validation));
        }

        return values;
    }

    /// <summary>Runs a call in both models and lets go of what no later one reads.</summary>
    private void Step(BatchValues values, int call)
    {
        var ((node, inputs), result) = (_connections.Calls[call], _inputs + call);
        values.Keep(result, () => Real(node, values.Real(inputs)), () => node.Run(values.Rounded(inputs), _integers));
        foreach (var number in inputs.Append(result).Distinct().Where(n => _lastReader[n] <= call))
        {
            values.Release(number);
        }
    }

    /// <summary>What the float model gives, whatever became of the node's weights.</summary>
    private QatValue Real(QatNode node, QatValue[] inputs) =>
        _floats.TryGetValue(node, out var parameters) ? new QatValue.Activation(node.Reals(inputs, parameters.Weight, parameters.Bias), null) : node.Run(inputs, _reals);
}
