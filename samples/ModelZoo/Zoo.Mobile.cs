namespace ModelZoo;

public static partial class Zoo
{
    private static IReadOnlyList<ZooEntry> Mobile =>
    [
        new(
            nameof(MobileNetV1), static () => new MobileNetV1(), [[1, 3, 224, 224]], Parameters: 4_231_976, Macs: 568_740_352,
            "Howard et al., 2017: 4.2 M parameters, 569 M mult-adds; Keras MobileNet: 4,231,976 trainable parameters"),
        new(
            nameof(MobileNetV2), static () => new MobileNetV2(), [[1, 3, 224, 224]], Parameters: 3_504_872, Macs: 300_774_272,
            "torchvision MobileNet_V2_Weights: 3,504,872 parameters, 0.301 GMAC"),
        new(
            nameof(MobileNetV3Large), static () => new MobileNetV3Large(), [[1, 3, 224, 224]], Parameters: 5_483_032, Macs: 216_589_760,
            "torchvision MobileNet_V3_Large_Weights: 5,483,032 parameters, 0.217 GMAC"),
        new(
            nameof(MobileNetV4ConvSmall), static () => new MobileNetV4ConvSmall(), [[1, 3, 224, 224]], Parameters: 3_774_024, Macs: 186_005_568,
            "Qin et al., 2024: 3.8 M parameters, 0.2 GMAC; timm mobilenetv4_conv_small: 3.77 M, 0.19 GMAC"),
        new(
            nameof(MobileOneS0), static () => new MobileOneS0(), [[1, 3, 224, 224]], Parameters: 2_078_504, Macs: 275_110_400,
            "Vasu et al., 2023: 2.1 M parameters, 275 M FLOPs (multiply-adds); mmpretrain mobileone-s0: 2.08 M parameters"),
        new(
            nameof(EfficientNetB0), static () => new EfficientNetB0(), [[1, 3, 224, 224]], Parameters: 5_288_548, Macs: 385_814_752,
            "torchvision EfficientNet_B0_Weights: 5,288,548 parameters, 0.386 GMAC"),
        new(
            nameof(FasterNetT0), static () => new FasterNetT0(), [[1, 3, 224, 224]], Parameters: 3_905_500, Macs: 335_422_720,
            "Chen et al., 2023: 3.9 M parameters, 0.34 G FLOPs (multiply-adds)"),
        new(
            nameof(BlazeFace), static () => new BlazeFace(), [[1, 3, 128, 128]], Parameters: 101_390, Macs: 30_760_960,
            "No count is published: both are counted from the layer table of MediaPipe's face_detection_front model"),
        new(
            nameof(VarGNet), static () => new VarGNet(), [[1, 3, 224, 224]], Parameters: 3_608_008, Macs: 349_747_200,
            "Blocks as Zhang et al. 2019 describe them, 8 channels a group; both are counted from the widths chosen here, the paper's table of layers was not at hand to compare with"),
        new(
            nameof(ViTTiny), static () => new ViTTiny(), [[1, 3, 224, 224]], Parameters: 5_717_416, Macs: 1_074_851_328,
            "DeiT-tiny: 5,717,416 parameters; timm vit_tiny_patch16_224: 1.1 GMAC, without the products of the attention"),
    ];
}
