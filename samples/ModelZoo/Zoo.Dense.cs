namespace ModelZoo;

public static partial class Zoo
{
    private static IReadOnlyList<ZooEntry> Dense =>
    [
        new(nameof(UNet), static () => new UNet(), [[1, 3, 256, 256]], 31_037_698, 48_171_581_440,
            "milesial/Pytorch-UNet, 3 channels, 2 classes, transposed convolutions: 31,037,698 parameters, "
            + "54.74 GMAC by thop, which are these, 6.442 G (transposed convolutions four times) and 0.128 G (four per value of a batch norm)"),
        new(nameof(FcosResNet50), static () => new FcosResNet50(), [[1, 3, 800, 800]], 32_269_600 + 53_120, 128_207_052_800,
            "torchvision fcos_resnet50_fpn: 32,269,600 parameters, 128.2 GMAC at 800 x 800; there the 53,120 parameters of the backbone's batch norms are frozen to buffers"),
        new(nameof(YoloV5n), static () => new YoloV5n(), [[1, 3, 640, 640]], 1_872_157, 2_234_060_800,
            "ultralytics/yolov5 v6.0: 1,872,157 parameters (1,867,405 with batch norms fused), 4.5 GFLOP of two per multiply-accumulate"),
        new(nameof(YoloV8n), static () => new YoloV8n(), [[1, 3, 640, 640]], 3_157_200, 4_371_993_600,
            "ultralytics: 3,157,200 parameters (3,151,904 with batch norms fused), 8.7 GFLOP of two per multiply-accumulate"),
        new(nameof(DeepLabASPP), static () => new DeepLabASPP(), [[1, 2048, 65, 65]], 42_004_074 - 23_508_032 - 2_365_205, 65_922_962_688,
            "torchvision deeplabv3_resnet50: 42,004,074 parameters, 178.722 GMAC at 520 x 520, "
            + "less those of its ResNet-50 (23,508,032; 102.808 GMAC) and of its auxiliary head (2,365,205; 9.991 GMAC)"),
        new(nameof(PointNet), static () => new PointNet(), [[1, 3, 1024]], 3_480_049, 443_822_336,
            "Qi et al. 2017, table 6: 3.5 M parameters, 440 MFLOP of one per multiply-accumulate; exact figures counted from figure 2 and appendix C, 40 classes, 1024 points"),
        new(nameof(LstmTagger), static () => new LstmTagger(), [[1, 49, 10]], 62_788, 0,
            "Zhang et al. 2017 (Hello Edge), smallest basic LSTM: 118 units, 49 frames of 10 coefficients, 12 classes; "
            + "parameters counted, with the two biases of PyTorch's cell. No multiply-accumulates: most are in the cell"),
        new(nameof(GruTagger), static () => new GruTagger(), [[1, 25, 10]], 78_552, 0,
            "Zhang et al. 2017 (Hello Edge), smallest GRU: 154 units, 25 frames of 10 coefficients, 12 classes; "
            + "parameters counted, with the two biases of PyTorch's cell. No multiply-accumulates: most are in the cell"),
    ];
}
