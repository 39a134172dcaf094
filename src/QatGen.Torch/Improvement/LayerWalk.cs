using QatGen.Torch.Configuration;
using QatGen.Torch.Modules;
using static TorchSharp.torch;

namespace QatGen.Torch.Improvement;

/// <summary>
/// Runs the float model and the integer one of VALIDATION side by side on some batches, node by node: each node is visited once, when everything before it is as it stays, and may change its parameters.
/// Values live as long as a node still reads them.
/// </summary>
internal sealed class LayerWalk
{
    private readonly IQatModule _model;
    private readonly Connections _connections;
    private readonly List<Tensor[]> _batches = [];

    /// <summary>Takes the batches; none at all is an error that names the <paramref name="purpose"/>.</summary>
    public LayerWalk(IQatModule model, IEnumerable<Tensor[]> batches, string purpose)
    {
        model.RequireCalibration();
        (_model, _connections) = (model, Connections.Of(model.Model));
        _batches.AddRange(batches);
        var inputs = model.Model.Inputs.Count;
        if (_batches.Count == 0)
        {
            throw QatGenException.Of(TrainingRules.NoData, "", purpose);
        }

        if (_batches.Find(b => b.Length != inputs) is { } other)
        {
            throw QatGenException.Of(ShapeRules.InputCount, "", $"{other.Length}", $"{inputs}");
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
        var inputs = _model.Model.Inputs.Count;
        var (real, rounded) = (new Values(_connections, inputs, _batches.Count), new Values(_connections, inputs, _batches.Count));
        foreach (var (b, batch) in _batches.Index())
        {
            for (var i = 0; i < inputs; i++)
            {
                real.Keep(i, b, () => _model.Model.Inputs[i].Quantize(batch[i], FakeQuantState.Float));
                rounded.Keep(i, b, () => _model.Model.Inputs[i].Quantize(batch[i], FakeQuantState.Validation));
            }
        }

        var (reals, integers) = (new RealPrimitives(observe: false), new IntegerPrimitives(FakeQuantState.Validation));
        for (var call = 0; call < _connections.Calls.Count; call++)
        {
            var (node, result) = (_connections.Calls[call].Node, inputs + call);
            var (realInputs, roundedInputs) = (real.Inputs(call), rounded.Inputs(call));
            for (var b = 0; b < _batches.Count; b++)
            {
                real.Keep(result, b, () => node.Run(realInputs[b], reals));
            }

            visit(new(node, roundedInputs, realInputs, real.Of(result)));
            for (var b = 0; b < _batches.Count; b++)
            {
                rounded.Keep(result, b, () => node.Run(roundedInputs[b], integers));
            }

            real.Release(call);
            rounded.Release(call);
        }
    }

    /// <summary>The values of one model, by number and batch.</summary>
    private sealed class Values(Connections connections, int inputs, int batches)
    {
        private readonly QatValue.Activation[,] _values = new QatValue.Activation[inputs + connections.Calls.Count, batches];

        public void Keep(int number, int batch, Func<QatValue> compute)
        {
            using var scope = NewDisposeScope();
            var value = (QatValue.Activation)compute();

            // A handle of its own: a node may give what it was given.
            _values[number, batch] = value with { Data = value.Data.detach().MoveToOuterDisposeScope() };
        }

        public QatValue.Activation[] Of(int number) => [.. Enumerable.Range(0, batches).Select(b => _values[number, b])];

        public QatValue[][] Inputs(int call) => [.. Enumerable.Range(0, batches).Select(b => connections.Calls[call].Inputs.Select(i => (QatValue)_values[i, b]).ToArray())];

        /// <summary>Lets go of what no call behind this one reads.</summary>
        public void Release(int call)
        {
            var later = connections.Calls.Skip(call + 1).SelectMany(static c => c.Inputs).ToHashSet();
            foreach (var number in connections.Calls[call].Inputs.Append(inputs + call).Distinct().Where(n => !later.Contains(n)))
            {
                Array.ForEach(Of(number), static v => v.Data.Dispose());
            }
        }
    }
}
