using QatGen.Torch.Training;
using static TorchSharp.torch;

namespace QatGen.Torch.Tests.Training;

/// <summary>A task that a few steps learn: noise on rows, columns, a checkerboard or a bright field, which is the label.</summary>
internal static class Patterns
{
    public static (Tensor X, Tensor Label) Data(int count)
    {
        var (row, column) = (arange(12).remainder(2).reshape(12, 1), arange(12).remainder(2).reshape(1, 12));
        var patterns = stack([row + zeros(12, 12), column + zeros(12, 12), (row + column).remainder(2) + zeros(12, 12), ones(12, 12)]);
        var label = randint(0, 4, [count]);
        return ((patterns[label] + (randn(count, 12, 12) * 0.3)).reshape(count, 1, 12, 12), label);
    }

    /// <summary>A set of so many frames, brightened at random while training.</summary>
    public static TrainingSet Set(int count, int batch, long seed = 1)
    {
        manual_seed(seed);
        var (x, label) = Data(count);
        var plain = TrainingSet.Of(x, label, batch);
        return plain with
        {
            Read = (numbers, random) =>
            {
                var read = plain.Read(numbers, null);
                return random is null ? read : read with { Input = read.Input * (0.9 + (0.2 * random.NextDouble())) };
            },
        };
    }

    /// <summary>A float network with batch norm and dropout.</summary>
    public static nn.Module<Tensor, Tensor> FloatNet(long seed = 1)
    {
        manual_seed(seed);
        return nn.Sequential(
            ("conv", nn.Conv2d(1, 8, kernel_size: 3, padding: 1)), ("bn", nn.BatchNorm2d(8)), ("relu", nn.ReLU()), ("pool", nn.MaxPool2d(4)), ("flatten", nn.Flatten()), ("drop", nn.Dropout(0.2)),
            ("fc", nn.Linear(72, 4)));
    }

    public static GraphQat QatNet(long seed = 1, BatchNormMode mode = BatchNormMode.FuseBN, FakeQuantKind kind = FakeQuantKind.Statistical)
    {
        var model = Nets.Calibrated(Nets.Residual(), seed, new() { BatchNormMode = mode, Activation = new() { Kind = kind }, Weight = new() { Kind = kind } });
        model.train();
        return model;
    }

    public static byte[] Bytes(nn.Module model) => [.. model.state_dict().OrderBy(static p => p.Key, StringComparer.Ordinal).SelectMany(static p => p.Value.bytes.ToArray())];
}
