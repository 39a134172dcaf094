using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ModelZoo;

/// <summary>Makes a residual block of <paramref name="planes"/> base channels; <paramref name="downsample"/>, where given, brings the identity to the shape of the block's output.</summary>
public delegate Module<Tensor, Tensor> ResidualBlock(long inplanes, long planes, long stride, Module<Tensor, Tensor>? downsample);
