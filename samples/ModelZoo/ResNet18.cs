using QatGen;

namespace ModelZoo;

/// <summary>ResNet of 2, 2, 2, 2 basic blocks.</summary>
[QatModel(March.Bayes)]
[InputShape(1, 3, 224, 224)]
public sealed partial class ResNet18(int classes = 1000)
    : ResNet(nameof(ResNet18), static (inplanes, planes, stride, downsample) => new BasicBlock(inplanes, planes, stride, downsample), BasicBlock.Expansion, [2, 2, 2, 2], classes);
