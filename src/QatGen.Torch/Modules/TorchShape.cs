using static TorchSharp.torch;

namespace QatGen.Torch.Modules;

/// <summary>The primitive Reshape through libtorch.</summary>
internal static class TorchShape
{
    /// <summary>0 keeps the dimension at its place, or is 1 behind the last; -1 takes what is left.</summary>
    public static Tensor Reshape(Tensor x, int[] shape) => x.reshape([.. shape.Select((d, i) => d != 0 ? d : i < x.shape.Length ? x.shape[i] : 1)]);
}
