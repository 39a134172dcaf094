using QatGen.Torch;
using QatGen.Torch.Training;

namespace Accuracy;

/// <summary>The second experiment: emoji in colour, on a network of depthwise convolutions and on one whose branches were merged.</summary>
public static class Emoji
{
    private static readonly TrainingRecipe Float = TrainingRecipe.Float(epochs: 40);

    public static IReadOnlyList<Subject> Subjects { get; } =
    [
        new(nameof(MobileNetV2Small), static () => new MobileNetV2Small(), static net => net, static (net, config) => ((MobileNetV2Small)net).ToQat(config))
        {
            Float = Float,
            FineTuning = TrainingRecipe.Float(epochs: 8, rate: 0.01),
        },
        new(nameof(RepVggSmall), static () => new RepVggBranches(), static net => RepVggSmall.Of((RepVggBranches)net), static (net, config) => ((RepVggSmall)net).ToQat(config))
        {
            Float = Float,
            FineTuning = TrainingRecipe.Float(epochs: 8, rate: 0.002),

            // Merging leaves none.
            BatchNormMode = BatchNormMode.FuseBN,
        },
    ];
}
