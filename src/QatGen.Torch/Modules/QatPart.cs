using TorchSharp;
using static TorchSharp.torch;

namespace QatGen.Torch.Modules;

/// <summary>A part of a QAT model that has state. All of it is float32 on the CPU, where the integers are exact and the loops over memory run: moving the model elsewhere is an error, and changes nothing.</summary>
public abstract class QatPart : nn.Module
{
    private protected QatPart(string name, string layer) : base(name) => Layer = layer;

    /// <summary>The path of the layer, or the name of the input.</summary>
    internal string Layer { get; }

    /// <summary>What <c>to</c>, <c>cpu</c>, <c>cuda</c> and the like come to.</summary>
    protected override void _toEpilog(ScalarType? dtype, Device? device, bool non_blocking)
    {
        if (dtype is not (null or ScalarType.Float32) || device is { type: not DeviceType.CPU })
        {
            throw QatGenException.Of(TrainingRules.Moved, Layer, Layer, dtype is not (null or ScalarType.Float32) ? $"{dtype}" : $"{device}");
        }
    }
}
