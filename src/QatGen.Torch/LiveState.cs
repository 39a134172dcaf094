using static TorchSharp.torch;

namespace QatGen.Torch;

/// <summary>The parameters of a model itself, not of a file of it: it may have layers that <c>forward</c> does not call, such as a head for training in float, and none of them is a mistake.</summary>
internal sealed class LiveState(nn.Module model) : Dictionary<string, Tensor>(model.state_dict());
