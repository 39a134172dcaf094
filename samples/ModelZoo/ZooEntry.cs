using static TorchSharp.torch;

namespace ModelZoo;

/// <summary>
/// A published model: how to make it, the shapes of its inputs, and the published numbers of parameters and of multiply-accumulates per frame (0: none published), each with its source.
/// <paramref name="Name"/> is the class's.
/// </summary>
public sealed record ZooEntry(string Name, Func<nn.Module> Create, long[][] InputShapes, long Parameters, long Macs, string Source);
