using QatGen.Torch.Configuration;
using QatGen.Torch.Modules;
using QatGen.Torch.Quantizers;
using static TorchSharp.torch;

namespace QatGen.Torch.Improvement;

/// <summary>
/// Cross-layer equalization (Nagel et al. 2019, "Data-Free Quantization Through Weight Equalization and Bias Correction", section 4.1): channel i between two layers is divided by
/// s_i = sqrt(r1_i * r2_i) / r2_i in the first and multiplied by it in the second, r1 and r2 the largest magnitudes of the weights that make and that read it, until all pairs agree.
/// </summary>
internal sealed class Equalization(IQatModule model, int rounds)
{
    private const double Settled = 1e-3;

    public EqualizationReport Run()
    {
        if (rounds < 1)
        {
            throw QatGenException.Of(QuantizationRules.SettingOutOfRange, "", "equalization", model.Model.Name, "rounds", $"{rounds}", "at least 1");
        }

        using var scope = NewDisposeScope();
        using var grad = no_grad();
        var pairs = Pairs();
        var before = pairs.Select(static p => (First: Spread(p.Made), Second: Spread(p.Read))).ToArray();
        var done = 0;
        for (var largest = double.MaxValue; done < rounds && largest > 1 + Settled; done++)
        {
            largest = pairs.Select(static p => p.Equalize()).DefaultIfEmpty(1).Max();
        }

        pairs.ForEach(static p => p.Forget());

        // VALIDATION takes its weight scales anew.
        model.Model.Session = new(model.Model.State, model.Model.Session.Others);
        return new([.. pairs.Zip(before, static (p, b) => new EqualizedPair(p.First.Node.Path, p.Second.Node.Path, p.Factors.Count, b.First, Spread(p.Made), b.Second, Spread(p.Read), p.Factors.Max(Magnitude)))], done);
    }

    /// <summary>How much a factor changes, up or down.</summary>
    internal static double Magnitude(double factor) => Math.Max(factor, 1 / factor);

    private static double Spread(double[] ranges) => ranges.Where(static r => r > 0).ToArray() is { Length: > 0 } some ? some.Max() / some.Min() : 1;

    /// <summary>The pairs of layers with nothing between them but what keeps channels apart and proportional.</summary>
    private List<ChannelPair> Pairs()
    {
        var connections = Connections.Of(model.Model);
        var inputs = model.Model.Inputs;
        var unknown = inputs.Where(static i => i.Shape.Count == 0).Select(static i => Violation.Of(ShapeRules.ShapeNeeded, i.Name, i.Name)).ToArray();
        if (unknown.Length > 0)
        {
            throw new QatGenException(unknown);
        }

        var isTraining = model.Model.Module.training;
        model.Model.Module.eval();
        QatNode node = null!;
        var primitives = new ChannelPrimitives(() => node);
        var values = inputs.Select(static i => i.Quantize(zeros([1, .. i.Shape.Skip(1).Select(static d => (long)d)], i.FloatType), FakeQuantState.Float)).Cast<QatValue.Activation>().ToList();
        var readers = connections.Calls.SelectMany(static c => c.Inputs).Concat(connections.Outputs).CountBy(static n => n).ToDictionary();
        try
        {
            foreach (var call in connections.Calls)
            {
                node = call.Node;
                var result = (QatValue.Activation)node.Lower(primitives, [.. call.Inputs.Select(n => readers[n] == 1 ? values[n] : values[n] with { Channels = null })]);
                values.Add(result with { Channels = result.Channels is { } tags && IsFree(node.OutputQuantizer) ? tags with { Passed = [.. tags.Passed, node] } : null });
            }
        }
        finally
        {
            model.Model.Module.train(isTraining);
        }

        return [.. primitives.Reads.Select(r => Pair(r.Input, r.Node, r.Channels, r.Geometry.Groups)).OfType<ChannelPair>()];
    }

    private ChannelPair? Pair(ChannelTags tags, QatNode second, long channels, int groups) =>
        IsFree(tags.Node) && IsFree(second) && tags.Node.BatchNorm is null or { Gamma: not null } && channels == second.Weight!.shape[1] * groups && tags.PerChannel() is { } numbers
            ? new(tags.Node, second, [.. numbers.data<float>().ToArray().Select(static n => (int)n - 1)], groups, tags.Passed) : null;

    /// <summary>Whether the weights of a node can be scaled: they are the model's, no other node has them, and their quantizer follows them.</summary>
    private bool IsFree(QatNode node) =>
        node.HasOwnWeight && node.WeightQuantizer is { IsFrozen: false, Settings.IsFixed: false } && model.Model.Nodes.Count(n => ReferenceEquals(n.Weight, node.Weight)) == 1;

    /// <summary>Whether what a quantizer rounds can be scaled: there is none, or it follows the data.</summary>
    private static bool IsFree(OutputQuantizer? quantizer) => quantizer is null or { Settings: { IsFixed: false, Kind: not FakeQuantKind.Pact } };
}
