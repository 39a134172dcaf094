using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace QatGen.Benchmarks.Qat;

/// <summary>ResNet18 (He et al. 2015) for images of any size: [N, 3, H, W] to [N, 1000].</summary>
[QatModel(March.Bayes)]
public sealed partial class ResNet18 : Module<Tensor, Tensor>
{
    private readonly Conv2d conv1 = Conv2d(3, 64, kernel_size: 7, stride: 2, padding: 3, bias: false);
    private readonly BatchNorm2d bn1 = BatchNorm2d(64);
    private readonly ReLU relu = ReLU(inplace: true);
    private readonly MaxPool2d maxpool = MaxPool2d(kernel_size: 3, stride: 2, padding: 1);
    private readonly Sequential layer1 = Stage(64, 64, 1);
    private readonly Sequential layer2 = Stage(64, 128, 2);
    private readonly Sequential layer3 = Stage(128, 256, 2);
    private readonly Sequential layer4 = Stage(256, 512, 2);
    private readonly AdaptiveAvgPool2d avgpool = AdaptiveAvgPool2d((1, 1));
    private readonly Linear fc = Linear(512, 1000);

    public ResNet18() : base(nameof(ResNet18)) => RegisterComponents();

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        x = maxpool.call(relu.call(bn1.call(conv1.call(x))));
        x = layer4.call(layer3.call(layer2.call(layer1.call(x))));
        return fc.call(avgpool.call(x).flatten(1)).MoveToOuterDisposeScope();
    }

    private static Sequential Stage(long inputs, long planes, long stride) => Sequential(new BasicBlock(inputs, planes, stride), new BasicBlock(planes, planes, 1));
}
