using QatGen.Arithmetic;
using QatGen.Marches;
using static TorchSharp.torch;

namespace QatGen.Torch;

/// <summary>What can be done with a generated QAT model.</summary>
public static class QatModuleExtensions
{
    /// <summary>Changes the state of every quantizer. VALIDATION refuses layers that never saw data; its first pass takes the weight scales from the weights, and then they are frozen.</summary>
    public static void SetState(this IQatModule model, FakeQuantState state)
    {
        if (state == FakeQuantState.Validation)
        {
            model.RequireCalibration();
        }

        model.Model.Session = new(state);
    }

    /// <summary>
    /// Changes the state of what is selected and leaves that of the rest: an operator in FLOAT or CALIBRATION gives reals, which one in QAT or VALIDATION rounds to the scale of the operator that they come from;
    /// what has neither weights nor a scale of its own does as its inputs do. A selector that selects nothing is an error.
    /// </summary>
    public static void SetState(this IQatModule model, FakeQuantState state, params Selector[] selectors)
    {
        var others = model.Model.Session.Others.ToDictionary();
        var unused = new List<Violation>();
        foreach (var selector in selectors)
        {
            nn.Module[] selected = [.. model.Model.Nodes.Where(n => model.Model.Selects(selector, n)), .. model.Model.Inputs.Where(i => selector.SelectsInput(i.Name))];
            Array.ForEach(selected, m => others[m] = state);
            if (selected.Length == 0)
            {
                unused.Add(Violation.Of(QuantizationRules.SelectsNothing, "", selector.ToString()));
            }
        }

        model.Model.Session = unused.Count == 0 ? new(model.Model.State, others) : throw new QatGenException(unused);
    }

    /// <summary>Changes the state of what no selector has put in one of its own.</summary>
    internal static void SetUnselected(this IQatModule model, FakeQuantState state)
    {
        if (model.Model.Session.Others.Count > 0)
        {
            model.Model.Session = new(state, model.Model.Session.Others);
        }
        else
        {
            model.SetState(state);
        }
    }

    /// <summary>
    /// Shows float32 batches [N, ...] to the observers without rounding, returns to the state before and gives their number; batches are disposed.
    /// <paramref name="progress"/> is told the finished part.
    /// </summary>
    public static int Calibrate(this IQatModule model, IEnumerable<Tensor> batches, Action<double>? progress = null) =>
        model.Calibrate(batches.Select(static b => new[] { b }), batches.TryGetNonEnumeratedCount(out var count) ? done => progress?.Invoke(done / (double)count) : null);

    /// <summary>Calibrates a model with several inputs: each batch is one tensor per input. <paramref name="progress"/> is told the number of finished batches.</summary>
    public static int Calibrate(this IQatModule model, IEnumerable<Tensor[]> batches, Action<int>? progress = null)
    {
        var before = model.Model.Session;
        model.Model.Session = new(FakeQuantState.Calibration);
        var count = 0;
        try
        {
            foreach (var batch in batches)
            {
                using var scope = NewDisposeScope();
                using var grad = no_grad();
                model.Model.Run(batch);
                Array.ForEach(batch, static x => x.Dispose());
                count++;
                progress?.Invoke(count);
            }
        }
        finally
        {
            model.Model.Session = before;
        }

        return count;
    }

    /// <summary>The integers of the first output for one float32 batch [N, ...] per input, with VALIDATION's arithmetic.</summary>
    public static QTensor ValidationIntegers(this IQatModule model, params Tensor[] inputs) => model.ValidationOutputs(inputs)[0];

    /// <summary>The integers of every output for one float32 batch [N, ...] per input, with VALIDATION's arithmetic.</summary>
    public static QTensor[] ValidationOutputs(this IQatModule model, params Tensor[] inputs)
    {
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        return [.. Validate(model, inputs).Select(Integers)];

        static QTensor Integers(QatValue.Activation output)
        {
            var data = output.Data.to(ScalarType.Float64).contiguous().data<double>().Select(static v => (int)v).ToArray();
            return new([.. output.Data.shape.Select(static d => (int)d)], output.DType, data, [.. Steps(output.Known)]);
        }
    }

    /// <summary>
    /// The fixed-point model: one frame of zeros runs through the integer program in VALIDATION, and the constants it used are taken.
    /// Nothing is computed anew, so the result gives VALIDATION's integers. Layers without calibration, inputs of unknown shape and limits of the march are errors that name them all.
    /// </summary>
    public static FixedPointModel ConvertToFixedPoint(this IQatModule model)
    {
        model.RequireCalibration();
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        var (inputs, outputs) = (model.Model.Inputs, ValidateZeros(model));
        var signature = new Signature(
            model.Model.Name,
            model.Model.March,
            inputs.Select(static i => new TensorSpec(i.Name, i.Shape, i.Quantizer.DType, new(i.Quantizer.CalibratedScale))).ToSeq(),
            outputs.Select((o, i) => new TensorSpec(
                outputs.Length == 1 ? "output" : $"output{i}", o.Data.shape.Select(static d => (int)d).ToSeq(), o.DType, Steps(o.Known).ToSeq())).ToSeq());
        var fixedPoint = model.CreateFixedPoint(signature, [.. model.Model.Nodes.SelectMany(static n => n.Latest)]);
        var violations = MarchChecker.Check(fixedPoint.Record(), batch: 1);
        return violations.Any(static v => v.Rule.Severity == RuleSeverity.Error) ? throw new QatGenException(violations) : fixedPoint;
    }

    /// <summary>
    /// What conversion makes of the model, layer by layer: weights that saturate, channels that become 0, the largest sums that int32 must hold, and how well tables follow their functions. Layers that never
    /// saw data are listed instead of thrown.
    /// </summary>
    public static ConversionReport ReportConversion(this IQatModule model)
    {
        string[] uncalibrated = [.. Uncalibrated(model)];
        if (uncalibrated.Length > 0)
        {
            return new([], [], uncalibrated);
        }

        using var scope = NewDisposeScope();
        using var grad = no_grad();
        ValidateZeros(model);
        return new([.. model.Model.Nodes.Where(static n => n.HasOwnWeight).Select(static n => n.WeightQuantizer!.Report(n.Node.Operator, n.Folded.Weight))], model.TableReports(), []);
    }

    /// <summary>The tables that conversion, or the last pass in QAT or VALIDATION, made, layer by layer, and how well they follow their functions.</summary>
    public static IReadOnlyList<TableReport> TableReports(this IQatModule model) => [.. model.Model.Nodes.SelectMany(static n => n.Tables)];

    /// <summary>Throws with the name of every layer that never saw data, or whose scale is no number.</summary>
    internal static void RequireCalibration(this IQatModule model)
    {
        var wrong = model.Model.Quantizers.Where(static q => !float.IsFinite(q.Quantizer.Scale)).Select(static q => q.Quantizer.Layer).ToHashSet();
        var missing = Uncalibrated(model).Select(layer => wrong.Contains(layer)
            ? Violation.Of(QuantizationRules.NotANumber, layer, $"the scale of '{layer}'") : Violation.Of(QuantizationRules.NotCalibrated, layer, layer)).ToArray();
        if (missing.Length > 0)
        {
            throw new QatGenException(missing);
        }
    }

    private static IEnumerable<string> Uncalibrated(IQatModule model) => model.Model.Inputs.Where(static i => !i.Quantizer.IsCalibrated).Select(static i => i.Name)
        .Concat(model.Model.Nodes.Where(static n => n.OutputQuantizer is { IsCalibrated: false }).Select(static n => n.Node.Path));

    /// <summary>Runs one frame of zeros; inputs of unknown shape are an error.</summary>
    private static QatValue.Activation[] ValidateZeros(IQatModule model)
    {
        var inputs = model.Model.Inputs;
        var unknown = inputs.Where(static i => i.Shape.Count == 0).Select(static i => Violation.Of(ShapeRules.ShapeNeeded, i.Name, i.Name)).ToArray();
        return unknown.Length > 0 ? throw new QatGenException(unknown)
            : Validate(model, [.. inputs.Select(static i => zeros([1, .. i.Shape.Skip(1).Select(static d => (long)d)], i.FloatType))]);
    }

    /// <summary>Runs with VALIDATION's arithmetic and returns to the state before.</summary>
    private static QatValue.Activation[] Validate(IQatModule model, Tensor[] inputs)
    {
        var before = model.Model.Session;
        if (before.IsMixed || before.State != FakeQuantState.Validation)
        {
            model.SetState(FakeQuantState.Validation);
        }

        try
        {
            return [.. model.Model.Run(inputs).Cast<QatValue.Activation>()];
        }
        finally
        {
            model.Model.Session = before;
        }
    }

    private static IEnumerable<double> Steps(Quantity quantity) => Enumerable.Range(0, quantity.Count).Select(quantity.Step);
}
