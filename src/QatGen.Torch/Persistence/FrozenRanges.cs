using QatGen.Torch.Quantizers;
using static TorchSharp.torch;

namespace QatGen.Torch.Persistence;

/// <summary>The ranges of weights that were frozen in one of two models only: a state may have them or not.</summary>
internal static class FrozenRanges
{
    private const string Suffix = "." + WeightQuantizer.FrozenName;

    /// <summary>The state of a module, with ranges where the <paramref name="saved"/> one has them, in the present dispose scope.</summary>
    public static Dictionary<string, Tensor> Like(IReadOnlyDictionary<string, Tensor> saved, nn.Module module)
    {
        var own = module.state_dict().Where(static p => !p.Key.EndsWith(Suffix, StringComparison.Ordinal)).ToDictionary();
        foreach (var (name, quantizer) in Quantizers(module).Where(q => saved.ContainsKey(q.Name + Suffix)))
        {
            own[name + Suffix] = tensor(quantizer.Ranges());
        }

        return own;
    }

    /// <summary>Takes over what <see cref="Like"/> was given.</summary>
    public static void Take(IReadOnlyDictionary<string, Tensor> saved, nn.Module module)
    {
        foreach (var (name, quantizer) in Quantizers(module))
        {
            if (saved.TryGetValue(name + Suffix, out var ranges))
            {
                quantizer.Freeze(ranges.to(ScalarType.Float32).data<float>().ToArray());
            }
            else
            {
                quantizer.Follow();
            }
        }
    }

    private static IEnumerable<(string Name, WeightQuantizer Quantizer)> Quantizers(nn.Module module) =>
        module.named_modules().Where(static m => m.module is WeightQuantizer).Select(static m => (m.name, (WeightQuantizer)m.module));
}
