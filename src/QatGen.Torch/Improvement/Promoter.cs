using QatGen.Graphs;
using QatGen.Operators;
using QatGen.Primitives;
using QatGen.Torch.Configuration;
using QatGen.Torch.Modules;
using QatGen.Torch.Quantizers;

namespace QatGen.Torch.Improvement;

/// <summary>Chooses what becomes qint16, or has all bits of weights, the most sensitive first: each candidate is converted together with those before it, so that the march itself says whether it can run that.</summary>
internal sealed class Promoter(IQatModule model, SensitivityReport report, PromotionBudget budget)
{
    private readonly Connections _connections = Connections.Of(model.Model);
    private readonly Dictionary<string, CostOfLayer> _costs = [];
    private readonly HashSet<string> _reading = [];
    private readonly List<Action> _undo = [];
    private double _memory;
    private int _count;

    public Promotion Run()
    {
        var isCount = budget.Kind == nameof(PromotionBudget.Operators);
        if (!(budget.Amount >= 0) || (budget.Kind is nameof(PromotionBudget.Share) or nameof(PromotionBudget.Macs) && budget.Amount > 1))
        {
            throw QatGenException.Of(QuantizationRules.SettingOutOfRange, "", "promotion", model.Model.Name, "budget", budget.ToString(), isCount ? "at least 0 operators" : "a share from 0 to 1");
        }

        var others = report.Rows.Select(static r => r.Layer).Distinct().Where(l => !model.Model.Nodes.Any(n => n.Node.Path == l) && !model.Model.Inputs.Any(i => i.Name == l))
            .Select(static l => Violation.Of(QuantizationRules.SelectsNothing, "", Selector.Path(l).ToString())).ToArray();
        if (others.Length > 0)
        {
            throw new QatGenException(others);
        }

        // What is not possible as it stands is an error of its own.
        var checker = new CostChecker();
        var program = model.ConvertToFixedPoint().Record();
        program.Forward(checker, [.. program.Constants.Select(Fact.Of)], [.. program.Signature.Inputs.Select(static i => Fact.Of(i.WithBatch(1), i.DType))]);
        foreach (var cost in checker.Layers)
        {
            _costs[cost.Layer] = cost;
        }

        var operators = new List<PromotedOperator>();
        var results = report.Rows.Where(static r => r.Type == SensitivityType.Activation).ToArray();
        var rows = results.Concat(report.Rows.Where(r => IsWorseThanResult(r, results))).OrderByDescending(r => r.By(report.Metric)).ToArray();
        try
        {
            foreach (var row in rows.TakeWhile(_ => !IsFull(results.Length)))
            {
                operators.Add(new(row.Layer, row.Operator, row.Type, row.By(report.Metric), row.Type == SensitivityType.Weight ? WeightRefusal(row) : Refusal(row)) { Modules = Modules(row) });
            }
        }
        finally
        {
            _undo.ForEach(static u => u());
            model.Model.Session = new(model.Model.State, model.Model.Session.Others);
        }

        return new(operators);
    }

    /// <summary>Whether a row is that of weights of few bits which hurt more than the rounding of their operator's result, or whose result is not rounded.</summary>
    private bool IsWorseThanResult(Sensitivity row, Sensitivity[] results) =>
        row.Type == SensitivityType.Weight && Weights(row) is { Settings.Range.Bits: < PromotedOperator.WeightBits } && !Array.Exists(results, r => r.Layer == row.Layer && r.By(report.Metric) >= row.By(report.Metric));

    private WeightQuantizer? Weights(Sensitivity row) => model.Model.Nodes.FirstOrDefault(n => n.Node.Path == row.Layer)?.WeightQuantizer;

    /// <summary>Whether the budget lets nothing more be looked at.</summary>
    private bool IsFull(int all) => budget.Kind switch
    {
        nameof(PromotionBudget.Operators) => _count >= budget.Amount,
        nameof(PromotionBudget.Share) => _count >= Math.Floor(budget.Amount * all),
        _ => false,
    };

    private string[] Modules(Sensitivity row) => model.Model.Nodes.Where(n => n.Node.Path == row.Layer).Take(1).SelectMany(static n => n.Node.Absorbed.Prepend(n.Node))
        .Where(static n => n.Form.Kind == FormKind.Module).Select(static n => n.ModulePath).ToArray();

    /// <summary>Why weights keep their bits; empty where they get all.</summary>
    private string WeightRefusal(Sensitivity row)
    {
        var quantizer = Weights(row)!;
        return quantizer.Settings.IsFixed ? "its scale is fixed" : Tried(quantizer.Become(PromotedOperator.WeightBits));
    }

    /// <summary>Converts with a change; one that cannot be converted is taken back, and its error given.</summary>
    private string Tried(Action undo)
    {
        try
        {
            model.Model.Session = new(model.Model.State, model.Model.Session.Others);
            model.ConvertToFixedPoint();
        }
        catch (QatGenException e)
        {
            undo();
            return e.Violations.First(static v => v.Rule.Severity == RuleSeverity.Error).ToString();
        }

        _undo.Add(undo);
        _count++;
        return "";
    }

    /// <summary>Why a candidate stays what it is; empty where it becomes qint16.</summary>
    private string Refusal(Sensitivity row)
    {
        var isInput = row.Operator == SensitivityAnalysis.InputOperator;
        var value = isInput ? model.Model.Inputs.Index().First(i => i.Item.Name == row.Layer).Index : model.Model.Inputs.Count + _connections.Calls.Index().First(c => c.Item.Node.Node.Path == row.Layer).Index;
        var node = isInput ? null : _connections.Calls[value - model.Model.Inputs.Count].Node;
        var quantizer = node?.OutputQuantizer ?? model.Model.Inputs[value].Quantizer;
        if (quantizer.DType == DType.QInt16)
        {
            return "it is qint16";
        }

        if (quantizer.Settings.IsFixed || node?.Node.Part?.Type is not null)
        {
            return quantizer.Settings.IsFixed ? "its scale is fixed" : "its type is the operator's own";
        }

        var readers = Readers(value).ToArray();
        var (reading, memory) = (readers.Select(static r => r.Node.Path).Where(_costs.ContainsKey).Except(_reading).ToArray(), Bytes(value));
        if (budget.Kind == nameof(PromotionBudget.Macs) && Share(reading.Concat(_reading), static c => c.Macs) > budget.Amount)
        {
            return "over the budget of multiply-accumulates";
        }

        if (budget.Kind == nameof(PromotionBudget.Memory) && (_memory + memory) / All(static c => c.ActivationBytes) > budget.Amount)
        {
            return "over the budget of memory";
        }

        // What the toolkit of the march refuses beyond what its hardware does.
        if (readers.SelectMany(r => Notes(r, DType.QInt16).Except(Notes(r, DType.QInt8))).FirstOrDefault() is { } noted)
        {
            return noted.ToString();
        }

        var refusal = Tried(quantizer.Become(DType.QInt16));
        if (refusal.Length == 0)
        {
            _reading.UnionWith(reading);
            _memory += memory;
        }

        return refusal;
    }

    private IEnumerable<Violation> Notes(QatNode reader, DType type) =>
        Catalogue.Get(reader.Node.Operator).MarchNotes.SelectMany(n => n.Check(model.Model.March, new(reader.Node, IsOutputOnly: false, reader.Node.Inputs.Select(_ => type).ToSeq())));

    /// <summary>The nodes that read a value, itself or as what keeps its type.</summary>
    private IEnumerable<QatNode> Readers(int value)
    {
        foreach (var (i, (node, _)) in _connections.Calls.Index().Where(c => c.Item.Inputs.Contains(value)))
        {
            yield return node;
            foreach (var reader in node.OutputQuantizer is null && !node.HasWeight ? Readers(model.Model.Inputs.Count + i) : [])
            {
                yield return reader;
            }
        }
    }

    /// <summary>The bytes that a value takes more in qint16.</summary>
    private double Bytes(int value) => value < model.Model.Inputs.Count ? model.Model.Inputs[value].Shape.Aggregate(1L, static (n, d) => n * d)
        : _costs.GetValueOrDefault(_connections.Calls[value - model.Model.Inputs.Count].Node.Node.Path)?.ActivationBytes ?? 0;

    private double Share(IEnumerable<string> layers, Func<CostOfLayer, long?> cost) => layers.Distinct().Sum(l => cost(_costs[l]) ?? 0) / Math.Max(1.0, All(cost));

    private double All(Func<CostOfLayer, long?> cost) => _costs.Values.Sum(c => cost(c) ?? 0);
}
