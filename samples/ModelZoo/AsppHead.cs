using TorchSharp.Modules;
using static TorchSharp.torch.nn;

namespace ModelZoo;

/// <summary>A 3x3 convolution and the classifier of every position, as a sequence of its own type.</summary>
public sealed class AsppHead(int width, int classes) : Sequential(
    Conv2d(width, width, kernel_size: 3, padding: 1, bias: false),
    BatchNorm2d(width),
    ReLU(),
    Conv2d(width, classes, kernel_size: 1));
