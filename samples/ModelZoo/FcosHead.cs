using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ModelZoo;

/// <summary>FCOS' head, the same weights for every level: a tower for the classes, another for boxes and centerness.</summary>
public sealed class FcosHead : Module<List<Tensor>, (List<Tensor> Logits, List<Tensor> Boxes, List<Tensor> Centerness)>
{
    private readonly Sequential cls_conv, reg_conv;
    private readonly Conv2d cls_logits, bbox_reg, bbox_ctrness;

    public FcosHead(int channels, int classes, int depth = 4, int groups = 32) : base(nameof(FcosHead))
    {
        cls_conv = Tower();
        reg_conv = Tower();
        cls_logits = Predictor(classes);
        bbox_reg = Predictor(4);
        bbox_ctrness = Predictor(1);
        RegisterComponents();

        Sequential Tower()
        {
            var tower = Sequential();
            for (var i = 0; i < depth; i++)
            {
                tower.append(Conv2d(channels, channels, kernel_size: 3, padding: 1));
                tower.append(Norm());
                tower.append(ReLU());
            }

            return tower;
        }

        GroupNorm Norm()
        {
            // TorchSharp allocates the affine parameters of a GroupNorm but does not fill them.
            var norm = GroupNorm(groups, channels);
            init.ones_(norm.weight);
            init.zeros_(norm.bias);
            return norm;
        }

        Conv2d Predictor(int outputs) => Conv2d(channels, outputs, kernel_size: 3, padding: 1);
    }

    public override (List<Tensor> Logits, List<Tensor> Boxes, List<Tensor> Centerness) forward(List<Tensor> maps)
    {
        List<Tensor> logits = [], boxes = [], centerness = [];
        foreach (var map in maps)
        {
            logits.Add(cls_logits.call(cls_conv.call(map)));
            var tower = reg_conv.call(map);
            boxes.Add(bbox_reg.call(tower).relu());
            centerness.Add(bbox_ctrness.call(tower));
        }

        return (logits, boxes, centerness);
    }
}
