using System.Diagnostics;
using QatGen;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ModelZoo;

/// <summary>YOLOv8, nano: [N, 3, H, W] to distances [N, 4, A] and class logits [N, classes, A] over the A cells of strides 8, 16 and 32.</summary>
[QatModel(March.Bayes)]
[ModelArgs]
[InputShape(1, 3, 640, 640)]
public sealed partial class YoloV8n : Module<Tensor, (Tensor Distances, Tensor Logits)>
{
    private static readonly YoloLayer[] Layers =
    [
        new(YoloLayerKind.Conv, 64),
        new(YoloLayerKind.Conv, 128),
        new(YoloLayerKind.C2f, 128, Repeats: 3, Shortcut: true),
        new(YoloLayerKind.Conv, 256),
        new(YoloLayerKind.C2f, 256, Repeats: 6, Shortcut: true),
        new(YoloLayerKind.Conv, 512),
        new(YoloLayerKind.C2f, 512, Repeats: 6, Shortcut: true),
        new(YoloLayerKind.Conv, 1024),
        new(YoloLayerKind.C2f, 1024, Repeats: 3, Shortcut: true),
        new(YoloLayerKind.Sppf, 1024),
        new(YoloLayerKind.Upsample),
        new(YoloLayerKind.Concat, From: 6),
        new(YoloLayerKind.C2f, 512, Repeats: 3),
        new(YoloLayerKind.Upsample),
        new(YoloLayerKind.Concat, From: 4),
        new(YoloLayerKind.C2f, 256, Repeats: 3),
        new(YoloLayerKind.Conv, 256),
        new(YoloLayerKind.Concat, From: 12),
        new(YoloLayerKind.C2f, 512, Repeats: 3),
        new(YoloLayerKind.Conv, 512),
        new(YoloLayerKind.Concat, From: 9),
        new(YoloLayerKind.C2f, 1024, Repeats: 3),
    ];

    private static readonly int[] Outputs = [15, 18, 21];

    private readonly ModuleList<Module> model = ModuleList<Module>();
    private readonly YoloV8Detect detect;

    public YoloV8n(int classes = 80, YoloScale? scale = null) : base(nameof(YoloV8n))
    {
        scale ??= YoloScale.Nano;
        var widths = new List<int>();
        var input = 3;
        foreach (var layer in Layers)
        {
            var output = layer.Kind switch
            {
                YoloLayerKind.Upsample => input,
                YoloLayerKind.Concat => input + widths[layer.From],
                _ => scale.Channels(layer.Channels),
            };
            model.Add(layer.Kind switch
            {
                YoloLayerKind.Conv => new YoloConv(input, output, kernel: 3, stride: 2),
                YoloLayerKind.C2f => new C2f(input, output, scale.Repeats(layer.Repeats), layer.Shortcut),
                YoloLayerKind.Sppf => new Sppf(input, output),
                YoloLayerKind.Upsample => Upsample(scale_factor: [2, 2], mode: UpsampleMode.Nearest),
                YoloLayerKind.Concat => new Concat(),
                _ => throw new UnreachableException(),
            });
            widths.Add(output);
            input = output;
        }

        detect = new YoloV8Detect(classes, [.. Outputs.Select(i => widths[i])]);
        RegisterComponents();
    }

    public override (Tensor Distances, Tensor Logits) forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var maps = new Tensor[Layers.Length];
        for (var i = 0; i < maps.Length; i++)
        {
            x = model[i] is Concat concat ? concat.call(x, maps[Layers[i].From]) : ((Module<Tensor, Tensor>)model[i]).call(x);
            maps[i] = x;
        }

        var (distances, logits) = detect.call([.. Outputs.Select(i => maps[i])]);
        return (distances.MoveToOuterDisposeScope(), logits.MoveToOuterDisposeScope());
    }
}
