using QatGen.Torch.Observers;
using QatGen.Torch.Quantizers;

namespace QatGen.Torch;

/// <summary>What can be asked of and done to the quantizers of a generated QAT model.</summary>
public static class QuantizationExtensions
{
    /// <summary>Which setting each quantizer has, and which source decided it; the text is a table.</summary>
    public static Explanation Explain(this IQatModule model) => model.Model.Explanation;

    /// <summary>
    /// Finds the scales anew, without data, in the histograms that the <see cref="ObserverSettings.Histogram"/> and <see cref="ObserverSettings.Kl"/> observers keep: of what is selected, or of everything.
    /// <paramref name="method"/> null is each observer's own. Gives the number of scales; a selector that selects no such observer with data is an error.
    /// </summary>
    public static int ResetScales(this IQatModule model, ObserverSettings? method = null, params Selector[] selectors)
    {
        if (method?.Problem is { } problem && method is not ObserverSettings.Norm)
        {
            throw QatGenException.Of(QuantizationRules.SettingOutOfRange, "", "scales", model.Model.Name, "method", method.ToString(), problem);
        }

        return Each(model, selectors, q => q.Reset(method));
    }

    /// <summary>Changes c of v += c * (batch - v) for the activations that are selected, or for all: 0 freezes their scales for training. A file does not keep it. Gives their number.</summary>
    public static int SetAveragingConstant(this IQatModule model, double constant, params Selector[] selectors)
    {
        if (constant is not (>= 0 and <= 1))
        {
            throw QatGenException.Of(QuantizationRules.SettingOutOfRange, "", "scales", model.Model.Name, "averaging constant", FormattableString.Invariant($"{constant}"), "a number from 0 (frozen) to 1 (follows)");
        }

        return Each(model, selectors, q =>
        {
            q.Average(constant);
            return true;
        });
    }

    /// <summary>
    /// What calibration left undone, as warnings: layers that no data reached, observers whose interval is longer than the calibration was, and scales that were frozen while it ran. Batch norms use their running statistics while calibrating,
    /// whatever <c>train()</c> says.
    /// </summary>
    public static IReadOnlyList<Violation> CalibrationWarnings(this IQatModule model) =>
    [
        .. model.Model.Quantizers.Select(static q => q.Quantizer).Where(static q => !q.IsCalibrated).Select(static q => q.Waiting is { } waiting
            ? Violation.Of(QuantizationRules.IntervalTooLong, q.Layer, q.Layer, $"{waiting.UpdateInterval}", $"{waiting.Batches}")
            : Violation.Of(QuantizationRules.SawNoData, q.Layer, q.Layer)),
        .. model.Model.Quantizers.Select(static q => q.Quantizer).Where(static q => q.Ignored > 0).Select(static q => Violation.Of(TrainingRules.FrozenInCalibration, q.Layer, q.Layer, $"{q.Ignored}")),
    ];

    private static int Each(IQatModule model, Selector[] selectors, Func<OutputQuantizer, bool> change)
    {
        var done = new HashSet<OutputQuantizer>();
        var unused = new List<Violation>();
        var all = model.Model.Quantizers.ToArray();
        foreach (var (quantizer, _) in selectors.Length == 0 ? all : [])
        {
            _ = change(quantizer) && done.Add(quantizer);
        }

        foreach (var selector in selectors)
        {
            var changed = all.Where(q => q.Selects(selector) && (done.Contains(q.Quantizer) || change(q.Quantizer))).Select(static q => q.Quantizer).ToArray();
            done.UnionWith(changed);
            if (changed.Length == 0)
            {
                unused.Add(Violation.Of(QuantizationRules.SelectsNothing, "", selector.ToString()));
            }
        }

        return unused.Count == 0 ? done.Count : throw new QatGenException(unused);
    }
}
