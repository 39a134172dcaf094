using QatGen;

namespace ModelZoo;

/// <summary>ResNeXt-50 (Xie et al. 2016): ResNet-50 whose 3x3 convolutions have <c>groups</c> groups of <c>widthPerGroup</c> channels in the first stage.</summary>
[QatModel(March.Bayes)]
[ModelArgs]
[InputShape(1, 3, 224, 224)]
public sealed partial class ResNeXt50_32x4d(int groups = 32, int widthPerGroup = 4, int classes = 1000) : ResNet(
    nameof(ResNeXt50_32x4d),
    (inplanes, planes, stride, downsample) => new Bottleneck(inplanes, planes, stride, downsample, groups, baseWidth: widthPerGroup),
    Bottleneck.Expansion,
    [3, 4, 6, 3],
    classes);
