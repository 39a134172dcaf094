using System.Globalization;
using System.Text.Json;
using QatGen.Torch.Persistence;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace QatGen.Torch.Training;

/// <summary>Training as it stands, in one safetensors file: the model's state, the optimizer's, the position, and the recipe, seed and amount of data by which it goes on.</summary>
internal static class TrainerCheckpoint
{
    private const string ModelPrefix = "model.";
    private const string OptimizerKey = "optimizer";
    private const string RunKey = "run";
    private const string PositionKey = "position";

    /// <summary>What a run must have in common with the one that wrote the file.</summary>
    public static string Run(TrainingRecipe recipe, int seed, TrainingSet train) =>
        JsonSerializer.Serialize(recipe) + string.Create(CultureInfo.InvariantCulture, $" seed {seed}, {train.Count} frames in batches of {train.BatchSize}");

    public static void Save(string path, nn.Module model, OptimizerHelper optimizer, TrainingPosition position, string run)
    {
        using var scope = NewDisposeScope();
        using var memory = new MemoryStream();
        using (var writer = new BinaryWriter(memory))
        {
            optimizer.save_state_dict(writer);
        }

        var tensors = model.state_dict().ToDictionary(static p => ModelPrefix + p.Key, static p => p.Value);
        tensors[OptimizerKey] = tensor(memory.ToArray());
        var texts = model is IQatModule qat ? QatCheckpoint.Metadata(qat).ToDictionary(static t => ModelPrefix + t.Key, static t => t.Value) : [];
        (texts[RunKey], texts[PositionKey]) = (run, Text(position));
        Safetensors.Save(path, tensors, texts);
    }

    /// <summary>Brings model and optimizer to where they were; a file of another model or run is an error that says in what it differs.</summary>
    public static TrainingPosition Load(string path, nn.Module model, OptimizerHelper optimizer, string run)
    {
        using var scope = NewDisposeScope();
        using var stream = File.OpenRead(path);
        var (tensors, texts) = Safetensors.Read(stream, path);
        if (!texts.TryGetValue(RunKey, out var saved) || !texts.TryGetValue(PositionKey, out var position) || !tensors.Remove(OptimizerKey, out var bytes))
        {
            throw QatGenException.Of(FileRules.WrongKind, "", path, "trainer's");
        }

        if (saved != run)
        {
            throw QatGenException.Of(TrainingRules.OtherRun, "", path, saved, run);
        }

        var state = tensors.ToDictionary(static t => t.Key[ModelPrefix.Length..], static t => t.Value);
        var own = FrozenRanges.Like(state, model);
        var ofModel = texts.Where(static t => t.Key.StartsWith(ModelPrefix, StringComparison.Ordinal)).ToDictionary(static t => t.Key[ModelPrefix.Length..], static t => t.Value);
        StateCheck.Apply(own, state, model is IQatModule qat && CheckpointMetadata.Read(ofModel) is { } info ? QatCheckpoint.Differences(info, qat, own, state) : []);
        FrozenRanges.Take(state, model);
        using var reader = new BinaryReader(new MemoryStream(bytes.data<byte>().ToArray()));
        optimizer.load_state_dict(reader);
        foreach (var momentum in optimizer.state_dict().State.OfType<SGD.State>().Select(static s => s.momentum_buffer).Where(static m => m is not null))
        {
            // Read anew, it belongs to this scope.
            momentum.DetachFromDisposeScope();
        }

        return Position(position);
    }

    private static string Text(TrainingPosition p) => string.Create(CultureInfo.InvariantCulture, $"{p.Step} {p.LossSum:R} {p.BestEpoch} {p.Best:R}");

    private static TrainingPosition Position(string text)
    {
        var parts = text.Split(' ');
        return new(
            long.Parse(parts[0], CultureInfo.InvariantCulture), double.Parse(parts[1], CultureInfo.InvariantCulture), int.Parse(parts[2], CultureInfo.InvariantCulture), double.Parse(parts[3], CultureInfo.InvariantCulture));
    }
}
