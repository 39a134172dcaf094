using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ModelZoo;

/// <summary>YOLOv8's decoupled head: maps of several strides to distances [N, 4, A], in cells, and class logits [N, classes, A] over all A cells.</summary>
public sealed class YoloV8Detect : Module<Tensor[], (Tensor Distances, Tensor Logits)>
{
    private readonly ModuleList<Sequential> cv2, cv3;
    private readonly Dfl dfl;
    private readonly int boxes, classes;

    public YoloV8Detect(int classes, IReadOnlyList<int> inputs, int bins = 16) : base(nameof(YoloV8Detect))
    {
        this.classes = classes;
        boxes = 4 * bins;
        var boxWidth = Math.Max(Math.Max(bins, inputs[0] / 4), boxes);
        var classWidth = Math.Max(inputs[0], Math.Min(classes, 100));
        cv2 = ModuleList([.. inputs.Select(input => Branch(input, boxWidth, boxes))]);
        cv3 = ModuleList([.. inputs.Select(input => Branch(input, classWidth, classes))]);
        dfl = new Dfl(bins);
        RegisterComponents();
    }

    private static Sequential Branch(int input, int width, int output) => Sequential(
        new YoloConv(input, width, kernel: 3),
        new YoloConv(width, width, kernel: 3),
        Conv2d(width, output, kernel_size: 1));

    public override (Tensor Distances, Tensor Logits) forward(Tensor[] maps)
    {
        var levels = maps.Select((map, i) => cat([cv2[i].call(map), cv3[i].call(map)], 1).flatten(2)).ToArray();
        var split = cat(levels, 2).split([boxes, classes], 1);
        return (dfl.call(split[0]), split[1]);
    }
}
