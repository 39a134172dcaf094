using QatGen;

namespace ModelZoo;

/// <summary>RepVGG-B0: deeper than A0, and full width.</summary>
[QatModel(March.Bayes)]
[InputShape(1, 3, 224, 224)]
public sealed partial class RepVGGB0 : RepVGG
{
    private static readonly RepVGGSettings Settings = new(Blocks: [4, 6, 16, 1], A: 1, B: 2.5);

    public RepVGGB0(int classes = 1000) : base(nameof(RepVGGB0), Settings, classes)
    {
    }
}
