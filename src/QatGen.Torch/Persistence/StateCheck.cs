using TorchSharp.Modules;
using static TorchSharp.torch;

namespace QatGen.Torch.Persistence;

/// <summary>Takes saved tensors into a module by name: all of them or, with every difference listed, none.</summary>
internal static class StateCheck
{
    /// <summary>Numbers of batches: those of a batch norm, which files of old versions of PyTorch do not have, and those of a histogram, which checkpoints before version 4 do not have.</summary>
    private static readonly string[] Optional = [".num_batches_tracked", ".output_quant.batches"];

    /// <summary>Copies <paramref name="saved"/> into <paramref name="own"/>, unless they differ or there are other <paramref name="violations"/>.</summary>
    public static void Apply(IReadOnlyDictionary<string, Tensor> own, IReadOnlyDictionary<string, Tensor> saved, IEnumerable<Violation> violations)
    {
        var all = violations.Concat(Differences(own, saved)).OrderBy(static v => v.Layer, StringComparer.Ordinal).ToArray();
        if (all.Length > 0)
        {
            throw new QatGenException(all);
        }

        using var grad = no_grad();
        foreach (var (key, value) in saved)
        {
            own[key].copy_(value);
        }
    }

    /// <summary>The layer of a parameter or buffer.</summary>
    public static string Layer(string key) => key[..Math.Max(0, key.LastIndexOf('.'))];

    public static string Shape(Tensor tensor) => $"[{string.Join(", ", tensor.shape)}]";

    private static IEnumerable<Violation> Differences(IReadOnlyDictionary<string, Tensor> own, IReadOnlyDictionary<string, Tensor> saved) =>
        own.Keys.Where(k => !saved.ContainsKey(k) && !Array.Exists(Optional, o => k.EndsWith(o, StringComparison.Ordinal))).Select(static k => Violation.Of(QuantizationRules.ParameterMissing, Layer(k), k))
            .Concat(saved.SelectMany(s => Of(s.Key, s.Value, own.GetValueOrDefault(s.Key))));

    private static IEnumerable<Violation> Of(string key, Tensor saved, Tensor? own)
    {
        using var scope = NewDisposeScope();
        var violations = new List<Violation>();
        if (own is null)
        {
            violations.Add(Violation.Of(QuantizationRules.ParameterExtra, Layer(key), key));
        }
        else if (!own.shape.SequenceEqual(saved.shape))
        {
            violations.Add(Violation.Of(QuantizationRules.ParameterShape, Layer(key), key, Shape(saved), Shape(own)));
        }
        else if (saved.is_floating_point() != own.is_floating_point())
        {
            violations.Add(Violation.Of(TrainingRules.ParameterType, Layer(key), key, saved.dtype.ToString(), own.dtype.ToString()));
        }

        if (!saved.is_floating_point() || saved.numel() == 0)
        {
            return violations;
        }

        // A step can leave a learned scale below 0, which the next pass puts right. As float32, which the model computes in: a double beyond it is infinite there.
        var values = saved.to(ScalarType.Float32);
        if (!values.isfinite().all().item<bool>() || (IsScale(key) && own is not Parameter && values.lt(Kept.Of(0)).any().item<bool>()))
        {
            violations.Add(IsScale(key)
                ? Violation.Of(QuantizationRules.WrongState, Layer(key), key, string.Join(", ", values.reshape(-1).data<float>().ToArray()))
                : Violation.Of(QuantizationRules.NotANumber, Layer(key), $"'{key}'"));
        }

        return violations;
    }

    private static bool IsScale(string key) => key.EndsWith("_quant.scale", StringComparison.Ordinal);
}
