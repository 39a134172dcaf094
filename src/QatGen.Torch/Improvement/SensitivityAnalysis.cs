using QatGen.Torch.Configuration;
using QatGen.Torch.Functions;
using QatGen.Torch.Modules;
using QatGen.Torch.Quantizers;
using static TorchSharp.torch;

namespace QatGen.Torch.Improvement;

/// <summary>Quantizes one operator's result, its weights, or both, with everything else in float, and compares the model's outputs; only what reads the change is computed anew.</summary>
internal sealed class SensitivityAnalysis
{
    /// <summary>The operator that stands for an input.</summary>
    public const string InputOperator = "input";

    private readonly IQatModule _model;
    private readonly Connections _connections;
    private readonly int _inputs;
    private readonly RealPrimitives _reals = new(observe: false);
    private readonly List<Change> _changes = [];

    public SensitivityAnalysis(IQatModule model)
    {
        model.RequireCalibration();
        (_model, _connections, _inputs) = (model, Connections.Of(model.Model), model.Model.Inputs.Count);
        foreach (var (i, input) in model.Model.Inputs.Index().Where(static i => !i.Item.IsIndex))
        {
            Add(i, input.Name, InputOperator, SensitivityType.Activation, Text(input.Quantizer), value => Rounded(value, input.Quantizer));
        }

        foreach (var (i, (node, _)) in _connections.Calls.Index())
        {
            Add(_inputs + i, node);
        }
    }

    /// <summary>Compares on batches, which are disposed.</summary>
    public SensitivityReport Run(IEnumerable<Tensor[]> batches, SensitivityMetric metric, Action<int>? progress)
    {
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        var (module, before, isTraining, count) = (_model.Model.Module, _model.Model.Session, _model.Model.Module.training, 0);
        module.eval();
        try
        {
            foreach (var batch in batches)
            {
                using var step = NewDisposeScope();
                if (count++ == 0)
                {
                    // VALIDATION finds the scales of the weights.
                    _model.SetState(FakeQuantState.Validation);
                    _model.Model.Run(batch);
                }

                Compare(batch);
                Array.ForEach(batch, static x => x.Dispose());
                progress?.Invoke(count);
            }
        }
        finally
        {
            module.train(isTraining);
            _model.Model.Session = new(before.State, before.Others);
        }

        return count == 0 ? throw QatGenException.Of(TrainingRules.NoData, "", nameof(PostTraining.AnalyzeSensitivity))
            : new([.. _changes.Select(static c => c.Row).OrderByDescending(r => r.By(metric)).ThenBy(static r => r.Layer, StringComparer.Ordinal)], metric);
    }

    private void Add(int value, QatNode node)
    {
        void Of(SensitivityType type, string text, Func<QatValue.Activation, QatValue[], QatValue.Activation> change) => _changes.Add(new(value, node.Node.Path, node.Node.FusedName, type, text, _connections.Outputs.Count, change));
        var output = node.OutputQuantizer is { DType: not DType.QInt32 } quantizer ? quantizer : null;
        if (output is not null)
        {
            Of(SensitivityType.Activation, Text(output), (real, _) => Rounded(real, output));
        }

        if (node.TensorQuantizer is { } constant)
        {
            Of(SensitivityType.Weight, constant.DType.Name(), (real, _) =>
            {
                constant.Refresh(node.Value!);
                return real with { Data = QuantizeFunction.Run(real.Data, [constant.Scale], new(constant.DType)) * Kept.Of(constant.Scale) };
            });
        }

        if (node.HasOwnWeight)
        {
            QatValue.Activation Weighted(QatValue.Activation real, QatValue[] inputs) => real with { Data = node.Reals(inputs, node.RoundedWeight(), node.Folded.Bias) };
            var text = $"{node.WeightQuantizer!.Settings.Range.Bits} bits";
            Of(SensitivityType.Weight, text, Weighted);
            if (output is not null)
            {
                Of(SensitivityType.Both, $"{Text(output)}, {text}", (real, inputs) => Rounded(Weighted(real, inputs), output));
            }
        }
    }

    private void Add(int value, string layer, string op, SensitivityType type, string text, Func<QatValue.Activation, QatValue.Activation> change) =>
        _changes.Add(new(value, layer, op, type, text, _connections.Outputs.Count, (real, _) => change(real)));

    private void Compare(Tensor[] batch)
    {
        var values = _model.Model.Inputs.Select((input, i) => (QatValue.Activation)input.Quantize(batch[i], FakeQuantState.Float)).ToList();
        foreach (var (node, inputs) in _connections.Calls)
        {
            values.Add((QatValue.Activation)node.Run([.. inputs.Select(i => values[i])], _reals));
        }

        foreach (var output in _connections.Outputs.Where(o => !values[o].Data.isfinite().all().item<bool>()))
        {
            var layer = output < _inputs ? _model.Model.Inputs[output].Name : _connections.Calls[output - _inputs].Node.Node.Path;
            throw QatGenException.Of(QuantizationRules.NotANumber, layer, $"the output of '{layer}' in float");
        }

        foreach (var change in _changes)
        {
            using var scope = NewDisposeScope();
            var changed = new Dictionary<int, QatValue.Activation>();
            QatValue[] Inputs(int call) => [.. _connections.Calls[call].Inputs.Select(i => changed.GetValueOrDefault(i, values[i]))];
            changed[change.Value] = change.Apply(values[change.Value], change.Value < _inputs ? [] : Inputs(change.Value - _inputs));
            for (var call = Math.Max(0, change.Value - _inputs + 1); call < _connections.Calls.Count; call++)
            {
                if (_connections.Calls[call].Inputs.Any(changed.ContainsKey))
                {
                    changed[_inputs + call] = (QatValue.Activation)_connections.Calls[call].Node.Run(Inputs(call), _reals);
                }
            }

            change.Add([.. _connections.Outputs.Select(o => (values[o].Data, changed.GetValueOrDefault(o, values[o]).Data))]);
        }
    }

    private static string Text(OutputQuantizer quantizer) => quantizer.Range == quantizer.DType ? quantizer.DType.Name() : $"{quantizer.DType.Name()} of {quantizer.Range.Bits} bits";

    private static QatValue.Activation Rounded(QatValue.Activation real, OutputQuantizer quantizer)
    {
        var scale = quantizer.CalibratedScale;
        return real with { Data = (QuantizeFunction.Run(real.Data.to(ScalarType.Float32), [scale], quantizer.Rounding(real.Data.numel())).to(ScalarType.Float64) * Kept.Of((double)scale)).to(ScalarType.Float32) };
    }

    /// <summary>One thing that is quantized: the value it changes, how, and what that does to each output.</summary>
    private sealed record Change(int Value, string Layer, string Operator, SensitivityType Type, string Text, int Outputs, Func<QatValue.Activation, QatValue[], QatValue.Activation> Apply)
    {
        private readonly OutputError[] _errors = [.. Enumerable.Range(0, Outputs).Select(static _ => new OutputError())];

        public Sensitivity Row => new(Layer, Operator, Type, Text, _errors.Average(static e => e.Cosine), _errors.Average(static e => e.L1), _errors.Average(static e => e.MeanSquare), _errors.Average(static e => e.SQNR));

        public void Add((Tensor Real, Tensor Changed)[] outputs)
        {
            foreach (var (error, (real, changed)) in _errors.Zip(outputs))
            {
                error.Add(real, changed);
            }
        }
    }
}
