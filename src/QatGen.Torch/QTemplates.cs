namespace QatGen.Torch;

/// <summary>Lists of rules for any model; put one behind the other, the last that decides a setting counts. Outputs stay qint32 where they can unless the configuration says otherwise.</summary>
public static class QTemplates
{
    /// <summary>The operators that make the grids of grid_sample in qint16.</summary>
    public static IReadOnlyList<QRule> Default { get; } = [Selector.Grids.To(DType.QInt16) with { IsOptional = true }];

    /// <summary>Everything in qint16.</summary>
    public static IReadOnlyList<QRule> Int16 { get; } = [Selector.All.To(DType.QInt16)];

    /// <summary>Scales that stay as calibration found them.</summary>
    public static IReadOnlyList<QRule> FixedScales { get; } = [new(Selector.All) { Activation = new() { AveragingConstant = 0 } }];

    /// <summary>The most sensitive operators in qint16: <paramref name="topK"/> of a table of paths and sensitivities, the larger the worse.</summary>
    public static IReadOnlyList<QRule> Sensitive(IEnumerable<KeyValuePair<string, double>> table, int topK) => topK < 0 ? throw new ArgumentOutOfRangeException(nameof(topK), topK, "At least 0.") :
        [.. table.OrderByDescending(static t => t.Value).Take(topK).Select(static t => Selector.Path(t.Key).To(DType.QInt16))];

    /// <summary>The same of a <paramref name="ratio"/> of the table, 0 to 1, rounded up.</summary>
    public static IReadOnlyList<QRule> SensitiveShare(IReadOnlyCollection<KeyValuePair<string, double>> table, double ratio) =>
        ratio is >= 0 and <= 1 ? Sensitive(table, (int)Math.Ceiling(ratio * table.Count)) : throw new ArgumentOutOfRangeException(nameof(ratio), ratio, "From 0 to 1.");

    /// <summary>Settings by path.</summary>
    public static IReadOnlyList<QRule> ByName(IEnumerable<KeyValuePair<string, ActivationSettings>> settings) => [.. settings.Select(static s => new QRule(Selector.Path(s.Key)) { Activation = s.Value })];

    /// <summary>Settings by operator.</summary>
    public static IReadOnlyList<QRule> ByOperator(IEnumerable<KeyValuePair<string, ActivationSettings>> settings) => [.. settings.Select(static s => new QRule(Selector.Operator(s.Key)) { Activation = s.Value })];
}
