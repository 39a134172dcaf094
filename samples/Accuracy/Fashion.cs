using QatGen.Torch.Training;
using QuickStart;

namespace Accuracy;

/// <summary>The first experiment: Fashion-MNIST, by the recipe of PyTorch's figures.</summary>
public static class Fashion
{
    private const double FineTuningRate = 0.01;

    /// <summary>PyTorch's float checkpoint, 89.23 % there.</summary>
    public static string ReferencePath { get; } = Path.Combine(AppContext.BaseDirectory, "reference", "fashion_net.safetensors");

    /// <summary>Trained here.</summary>
    public static Subject Trained { get; } = new("FashionNet", static () => new FashionNet(), static net => net, static (net, config) => ((FashionNet)net).ToQat(config))
    {
        Float = TrainingRecipe.Float(epochs: 4),
        FineTuning = TrainingRecipe.Float(epochs: 2, FineTuningRate),
    };

    /// <summary>Trained by PyTorch.</summary>
    public static Subject Reference { get; } = Trained with { Name = "FashionNet of PyTorch", Checkpoint = ReferencePath };

    public static (ImageSet Train, ImageSet Test) Load(string folder)
    {
        var (train, test) = FashionMnist.Load(folder);
        return (Of(train), Of(test));
    }

    private static ImageSet Of(FashionMnist set) => new(set.Images, set.Labels, FashionMnist.Side, [FashionMnist.Mean], [FashionMnist.Deviation]);
}
