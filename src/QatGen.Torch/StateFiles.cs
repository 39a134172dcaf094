using QatGen.Torch.Persistence;
using static TorchSharp.torch;

namespace QatGen.Torch;

/// <summary>The state of a module, float or QAT, as a safetensors file: the format by which PyTorch's state dictionaries come in and go out.</summary>
public static class StateFiles
{
    /// <summary>Writes <c>state_dict()</c>; that of a QAT model says also what <see cref="QatCheckpointInfo"/> has. An existing file is replaced only by a complete one.</summary>
    public static void SaveSafetensors(this nn.Module module, string path) =>
        Safetensors.Save(path, module.state_dict(), module is IQatModule qat ? QatCheckpoint.Metadata(qat) : null);

    /// <summary>
    /// Takes a file of <see cref="SaveSafetensors"/>, or of a PyTorch model with the same names, into the module; float16, bfloat16 and float64 become the module's own type.
    /// Every missing, unknown and mis-shaped entry and every one with NaN is listed in one exception, and then nothing is changed.
    /// </summary>
    public static void LoadSafetensors(this nn.Module module, string path)
    {
        using var scope = NewDisposeScope();
        var state = Safetensors.Load(path);
        if (module is IQatModule qat)
        {
            qat.Load(path, state, CheckpointMetadata.Read(Safetensors.LoadMetadata(path)) ?? throw QatGenException.Of(TrainingRules.NotQat, "", path));
            return;
        }

        StateCheck.Apply(module.state_dict(), state, []);
    }

    /// <summary>Takes the parameters of the plain float model from a safetensors file straight into QAT, as <see cref="QatModel.LoadFloat"/> does from a dictionary.</summary>
    public static void LoadFloat(this IQatModule model, string path)
    {
        using var scope = NewDisposeScope();
        if (CheckpointMetadata.Read(Safetensors.LoadMetadata(path)) is { } info)
        {
            throw QatGenException.Of(TrainingRules.NotFloat, "", path, info.Model);
        }

        model.Model.LoadFloat(Safetensors.Load(path));
    }
}
