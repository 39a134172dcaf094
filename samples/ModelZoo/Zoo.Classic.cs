namespace ModelZoo;

public static partial class Zoo
{
    private static IReadOnlyList<ZooEntry> Classic
    {
        get
        {
            long[][] image = [[1, 3, 224, 224]];
            return
            [
                new(
                    nameof(LeNet), static () => new LeNet(), [[1, 1, 32, 32]], 61_706, 416_520,
                    "Layers of PyTorch's tutorial \"Neural Networks\" (LeCun et al. 1998 with a full C3): 156 + 2,416 + 48,120 + 10,164 + 850 parameters, " +
                    "117,600 + 240,000 + 48,000 + 10,080 + 840 MAC"),
                new(nameof(AlexNet), static () => new AlexNet(), image, 61_100_840, 714_188_480, "torchvision AlexNet_Weights: 61,100,840 parameters, 0.71 GMAC"),
                new(nameof(VGG16), static () => new VGG16(), image, 138_357_544, 15_470_264_320, "torchvision VGG16_Weights: 138,357,544 parameters, 15.47 GMAC"),
                new(
                    nameof(GoogLeNet), static () => new GoogLeNet(), image, 6_624_904, 1_498_376_192,
                    "torchvision GoogLeNet_Weights: 6,624,904 parameters, 1.50 GMAC, without auxiliary heads"),
                new(nameof(ResNet18), static () => new ResNet18(), image, 11_689_512, 1_814_073_344, "torchvision ResNet18_Weights: 11,689,512 parameters, 1.81 GMAC"),
                new(nameof(ResNet50), static () => new ResNet50(), image, 25_557_032, 4_089_184_256, "torchvision ResNet50_Weights: 25,557,032 parameters, 4.09 GMAC"),
                new(
                    nameof(ResNeXt50_32x4d), static () => new ResNeXt50_32x4d(), image, 25_028_904, 4_230_479_872,
                    "torchvision ResNeXt50_32X4D_Weights: 25,028,904 parameters, 4.23 GMAC"),
                new(
                    nameof(RepVGGA0), static () => new RepVGGA0(), image, 8_309_384, 1_361_451_008,
                    "MMClassification, RepVGG-A0 (deploy): 8.31 M parameters, 1.36 GMAC; Ding et al. 2021: 8.30 M, 1.4 G"),
                new(
                    nameof(RepVGGB0), static () => new RepVGGB0(), image, 14_339_048, 3_057_600_512,
                    "MMClassification, RepVGG-B0 (deploy): 14.34 M parameters, 3.06 GMAC; Ding et al. 2021: 14.33 M, 3.1 G"),
            ];
        }
    }
}
