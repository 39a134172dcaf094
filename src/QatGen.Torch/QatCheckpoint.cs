using System.Globalization;
using QatGen.Files;
using QatGen.Torch.Persistence;
using static TorchSharp.torch;

namespace QatGen.Torch;

/// <summary>
/// The <c>.qat</c> file: every parameter and buffer of a QAT model by name, in checked sections, and what <see cref="QatCheckpointInfo"/> says. Numbers do not depend on the march, so a checkpoint loads
/// into the model for any march; limits are checked at conversion. Other integer types and bits, other batch norm modes and other models are errors that list every difference. Versions 1 to 3 are read as well; a histogram of theirs counts its batches anew.
/// </summary>
public static class QatCheckpoint
{
    private const string Magic = "QGQT";
    private const int Version = 4;
    private const string TensorsSection = "tensors";

    /// <summary>Writes the state; an existing file is replaced only by a complete one.</summary>
    public static void Save(this IQatModule model, string path)
    {
        using var memory = new MemoryStream();
        var state = model.Model.Module.state_dict();
        Safetensors.Write(memory, SafetensorsHeader.Of(state, CheckpointMetadata.Of(model, Version)), state);
        Container.Save(path, Magic, Version, [(TensorsSection, memory.ToArray())]);
    }

    /// <summary>Reads a state into the model, all of it or, with every mismatch listed, nothing.</summary>
    public static void Load(this IQatModule model, string path)
    {
        using var scope = NewDisposeScope();
        var (state, info) = Read(path);
        model.Load(path, state, info);
    }

    /// <summary>What the file says of itself, without a model.</summary>
    public static QatCheckpointInfo Info(string path)
    {
        using var scope = NewDisposeScope();
        return Read(path).Info;
    }

    /// <summary>The texts that go beside an exported state.</summary>
    internal static Dictionary<string, string> Metadata(IQatModule model) => CheckpointMetadata.Of(model, Version);

    /// <summary>Takes the tensors of a file into the model.</summary>
    internal static void Load(this IQatModule model, string path, IReadOnlyDictionary<string, Tensor> saved, QatCheckpointInfo info)
    {
        if (info.Version > Version)
        {
            throw QatGenException.Of(FileRules.NewerVersion, "", path, info.Version.ToString(CultureInfo.InvariantCulture), Version.ToString(CultureInfo.InvariantCulture));
        }

        var own = FrozenRanges.Like(saved, model.Model.Module);
        var isOther = info.Model.Length > 0 && info.Model != model.Model.Name && !own.Keys.ToHashSet().SetEquals(saved.Keys);
        Violation[] other = isOther ? [Violation.Of(TrainingRules.OtherModel, "", path, info.Model, model.Model.Name)] : [];
        StateCheck.Apply(own, saved, [.. other, .. Differences(info, model, own, saved)]);
        FrozenRanges.Take(saved, model.Model.Module);

        // VALIDATION takes its weight scales anew.
        model.Model.Session = new(model.Model.State, model.Model.Session.Others);
    }

    private static (Dictionary<string, Tensor> State, QatCheckpointInfo Info) Read(string path)
    {
        var sections = Container.Load(path, Magic, Version);
        return Container.Guard(path, () =>
        {
            if (!sections.TryGetValue(TensorsSection, out var tensors))
            {
                return OldCheckpoint.Read(sections);
            }

            using var stream = new MemoryStream(tensors);
            var (state, texts) = Safetensors.Read(stream, path);
            return (state, CheckpointMetadata.Read(texts) ?? throw new InvalidDataException("it does not say of which model it is"));
        });
    }

    /// <summary>In what a model with the state <paramref name="own"/> is configured otherwise than the one with the state <paramref name="saved"/> was, as far as numbers depend on it.</summary>
    internal static IEnumerable<Violation> Differences(QatCheckpointInfo info, IQatModule model, IReadOnlyDictionary<string, Tensor> own, IReadOnlyDictionary<string, Tensor> saved) =>
        QuantizerDifferences(info, model).Concat(NormDifferences(info, model.Model.Config, own, saved));

    /// <summary>Activations of another type, and quantizers of the same with other bits; a file of version 1 knows of qint8 only, one of version 2 of all bits of a type.</summary>
    private static IEnumerable<Violation> QuantizerDifferences(QatCheckpointInfo info, IQatModule model)
    {
        var types = CheckpointMetadata.Types(model);
        DType Saved(string quantizer) => info.Types.GetValueOrDefault(quantizer, DType.QInt8);
        DType Own(string quantizer) => types.GetValueOrDefault(quantizer, DType.QInt8);
        var other = types.Where(t => Saved(t.Key) != t.Value)
            .Select(t => Violation.Of(QuantizationRules.TypeDiffers, StateCheck.Layer(t.Key), StateCheck.Layer(t.Key), Saved(t.Key).Name(), t.Value.Name()));
        return other.Concat(
            from quantizer in CheckpointMetadata.Bits(model)
            let bits = info.Bits.GetValueOrDefault(quantizer.Key, Own(quantizer.Key) == DType.QInt16 ? 16 : 8)
            where bits != quantizer.Value && Saved(quantizer.Key) == Own(quantizer.Key)
            select Violation.Of(TrainingRules.BitsDiffer, StateCheck.Layer(quantizer.Key), quantizer.Key, $"{bits}", $"{quantizer.Value}"));
    }

    /// <summary>Batch norms that are live in one of the two only; before version 3 all were folded.</summary>
    private static IEnumerable<Violation> NormDifferences(QatCheckpointInfo info, QConfig config, IReadOnlyDictionary<string, Tensor> own, IReadOnlyDictionary<string, Tensor> saved)
    {
        var (there, here) = (info.Settings.GetValueOrDefault(nameof(QConfig.BatchNormMode), nameof(BatchNormMode.FuseBN)), config.BatchNormMode.ToString());
        static bool HasLive(IReadOnlyDictionary<string, Tensor> state) => state.Keys.Any(static k => k.EndsWith(".running_var", StringComparison.Ordinal));
        return there != here && HasLive(own) != HasLive(saved) ? [Violation.Of(TrainingRules.NormsDiffer, "", there, here)] : [];
    }
}
