using QatGen.Graphs;
using QatGen.Torch.Modules;
using QatGen.Torch.Observers;
using QatGen.Torch.Quantizers;

namespace QatGen.Torch.Configuration;

/// <summary>Decides every setting of a model's quantizers from its configuration, once all inputs and nodes are declared.</summary>
internal sealed class Resolution(QatModel model, QConfig config, IReadOnlyList<QuantizeSetting> attributes)
{
    /// <summary>The source of what the configuration says of the whole model.</summary>
    public const string General = "configuration";

    private readonly List<Decision> _decisions = [];
    private readonly List<Violation> _violations = [];

    public Explanation Explanation => new(_decisions);

    /// <summary>Whether an attribute or the configuration makes an activation qint16.</summary>
    public bool IsWide { get; private set; }

    /// <summary>Configures every quantizer; every rule that selects nothing and every setting that cannot be is listed in one exception.</summary>
    public void Apply()
    {
        var inputs = model.Inputs.Select(i => (Input: i, Settings: Of(i))).ToArray();
        var nodes = model.Nodes.Select(n => (Node: n, Activation: Activation(n), Weight: Weight(n))).ToArray();
        Violation[] violations = [.. Unused(), .. _violations];
        if (violations.Length > 0)
        {
            throw new QatGenException(violations);
        }

        IsWide = inputs.Any(static i => i.Settings.Range.Type == DType.QInt16) || nodes.Any(static n => n.Activation?.Range.Type == DType.QInt16 && n.Node.Node.Part?.Type is null);
        foreach (var (input, settings) in inputs)
        {
            input.Quantizer.Configure(settings);
        }

        foreach (var (node, activation, weight) in nodes)
        {
            node.Configure(activation, weight);
        }
    }

    private ActivationQuantization Of(QuantStub input)
    {
        if (input.IsIndex)
        {
            return ActivationQuantization.Positions;
        }

        var sources = new Sources(input.Name, "input", "input");
        foreach (var general in attributes.Where(static a => a.Path.Length == 0))
        {
            sources.Add(Name(general), Activation(general), isGeneral: true);
        }

        sources.Add(General, config.Activation, isGeneral: true);
        sources.Add("[Quantize]", new ActivationSettings
        {
            DType = input.Declared.DType == DType.QInt8 ? null : input.Declared.DType,
            Observer = input.Declared.Scale > 0 ? new ObserverSettings.FixedScale(input.Declared.Scale) : null,
        });
        Add(sources, rule => rule.Selector.SelectsInput(input.Name));
        return Taken(sources, sources.Activation(isInput: true));
    }

    private ActivationQuantization? Activation(QatNode node)
    {
        if (!HasActivation(node))
        {
            return null;
        }

        if (node.IsIndex)
        {
            return ActivationQuantization.Positions;
        }

        var sources = new Sources(node.Node.Path, node.Node.FusedName, "output");
        AddGeneral(node, a => sources.Add(Name(a), Activation(a)), () => sources.Add(General, config.Activation));
        Add(sources, rule => Selects(rule, node));
        var fix = node.OwnScale > 0 ? new ObserverSettings.FixedScale(node.OwnScale) : null;
        sources.Add("the operator", new ActivationSettings { DType = node.Node.Part?.Type, Observer = fix });
        var settings = Taken(sources, sources.Activation(isInput: false));
        return settings with { SmallestScale = Math.Max(settings.SmallestScale, (float)node.SmallestScale) };
    }

    private WeightQuantization? Weight(QatNode node)
    {
        if (!node.HasWeight)
        {
            return null;
        }

        var sources = new Sources(node.Node.Path, node.Node.FusedName, "weight");
        AddGeneral(node, a => sources.Add(Name(a), new WeightSettings { Bits = a.WeightBits > 0 ? a.WeightBits : null, Kind = a.Kind }), () => sources.Add(General, config.Weight));
        for (var i = 0; i < config.Rules.Count; i++)
        {
            if (Selects(config.Rules[i], node))
            {
                sources.Add(Name(i), config.Rules[i].Weight);
            }
        }

        if (node.WeightRole.Fixed.Count > 0)
        {
            sources.Add("the operator", new WeightSettings { Kind = FakeQuantKind.Statistical, Observer = WeightQuantization.BuiltIn.Observer, Bits = WeightQuantization.BuiltIn.Range.Bits, AveragingConstant = 1 });
        }

        return Taken(sources, sources.Weight());
    }

    private void Add(Sources sources, Func<QRule, bool> selects)
    {
        for (var i = 0; i < config.Rules.Count; i++)
        {
            if (selects(config.Rules[i]))
            {
                sources.Add(Name(i), config.Rules[i].Activation);
            }
        }
    }

    /// <summary>Attributes of the assembly and the model's class, the configuration, and attributes nearer to the node, in this order.</summary>
    private void AddGeneral(QatNode node, Action<QuantizeSetting> add, Action addConfiguration)
    {
        foreach (var attribute in attributes.Where(static a => a.Path.Length == 0))
        {
            add(attribute);
        }

        addConfiguration();
        foreach (var attribute in attributes.Where(a => a.Path.Length > 0 && Selector.Under(a.Path).Selects(node.Node)))
        {
            add(attribute);
        }
    }

    private static string Name(QuantizeSetting attribute) => $"[Quantize] on {attribute.Target}";

    private static ActivationSettings Activation(QuantizeSetting attribute) => new()
    {
        DType = attribute.Type,
        Bits = attribute.Bits > 0 ? attribute.Bits : null,
        Kind = attribute.Kind,
        Observer = attribute.Scale > 0 ? new ObserverSettings.FixedScale(attribute.Scale) : attribute.Observer is { } observer ? ObserverSettings.Of(observer) : null,
    };

    private T Taken<T>(Sources sources, T decided)
    {
        _decisions.AddRange(sources.Decisions);
        _violations.AddRange(sources.Violations);
        return decided;
    }

    private IEnumerable<Violation> Unused() => config.Rules
        .Where(r => !r.IsOptional && !model.Inputs.Any(i => r.Selector.SelectsInput(i.Name)) && !model.Nodes.Any(n => Selects(r, n) && ((r.Activation != new ActivationSettings() && HasActivation(n)) || (r.Weight != new WeightSettings() && n.HasWeight))))
        .Select(static r => Violation.Of(QuantizationRules.TypeUnused, "", r.ToString()));

    private bool Selects(QRule rule, QatNode node) => model.Selects(rule.Selector, node);

    private string Name(int rule) => $"rule {rule + 1}, {config.Rules[rule].Selector}";

    private static bool HasActivation(QatNode node) => node.OutputQuantizer is not null || node.Target is not null;
}
