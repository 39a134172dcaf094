namespace ModelZoo;

public static partial class Zoo
{
    private static IReadOnlyList<ZooEntry> Mobile =>
    [
        new(nameof(MobileNetV1), static () => new MobileNetV1(), [[1, 3, 224, 224]], 4_231_976, 568_740_352, ""),
        new(nameof(MobileNetV2), static () => new MobileNetV2(), [[1, 3, 224, 224]], 3_504_872, 300_774_272, ""),
        new(nameof(MobileNetV3Large), static () => new MobileNetV3Large(), [[1, 3, 224, 224]], 5_483_032, 1, ""),
        new(nameof(MobileNetV4ConvSmall), static () => new MobileNetV4ConvSmall(), [[1, 3, 224, 224]], 3_774_024, 1, ""),
        new(nameof(MobileOneS0), static () => new MobileOneS0(), [[1, 3, 224, 224]], 2_078_504, 1, ""),
        new(nameof(EfficientNetB0), static () => new EfficientNetB0(), [[1, 3, 224, 224]], 5_288_548, 1, ""),
        new(nameof(FasterNetT0), static () => new FasterNetT0(), [[1, 3, 224, 224]], 3_905_500, 1, ""),
        new(nameof(BlazeFace), static () => new BlazeFace(), [[1, 3, 128, 128]], 101_390, 1, ""),
        new(nameof(ViTTiny), static () => new ViTTiny(), [[1, 3, 224, 224]], 5_717_416, 1, ""),
    ];
}
