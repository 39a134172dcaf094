using QatGen;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Vision;

public sealed class BasicBlock : Module<Tensor, Tensor>
{
    private readonly Conv2d conv1, conv2;
    private readonly BatchNorm2d bn1, bn2;
    private readonly ReLU relu = ReLU(inplace: true);
    private readonly Sequential? downsample;

    public BasicBlock(int inPlanes, int planes, int stride = 1) : base(nameof(BasicBlock))
    {
        conv1 = Conv2d(inPlanes, planes, kernel_size: 3, stride: stride, padding: 1, bias: false);
        bn1 = BatchNorm2d(planes);
        conv2 = Conv2d(planes, planes, kernel_size: 3, stride: 1, padding: 1, bias: false);
        bn2 = BatchNorm2d(planes);
        if (stride != 1 || inPlanes != planes)
        {
            downsample = Sequential(Conv2d(inPlanes, planes, kernel_size: 1, stride: stride, bias: false), BatchNorm2d(planes));
        }

        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var identity = x;
        var y = relu.call(bn1.call(conv1.call(x)));
        y = bn2.call(conv2.call(y));
        if (this.downsample != null)
        {
            identity = downsample.call(x);
        }

        y += identity;
        return relu.call(y).MoveToOuterDisposeScope();
    }
}

[QatModel(March.Bayes)]
[InputShape(1, 3, 64, 64)]
public sealed partial class ResNet18 : Module<Tensor, Tensor>
{
    private readonly Conv2d conv1;
    private readonly BatchNorm2d bn1;
    private readonly ReLU relu;
    private readonly MaxPool2d maxpool;
    private readonly Sequential layer1, layer2;
    private readonly ModuleList<Module<Tensor, Tensor>> layer3 = new();
    private readonly ModuleList<BasicBlock> layer4;
    private readonly AdaptiveAvgPool2d avgpool;
    private readonly Linear fc;
    private int inPlanes = 64;

    public ResNet18(int numClasses = 1000) : base("resnet18")
    {
        conv1 = Conv2d(3, 64, kernel_size: 7, stride: 2, padding: 3, bias: false);
        bn1 = BatchNorm2d(64);
        relu = ReLU(inplace: true);
        maxpool = MaxPool2d(kernel_size: 3, stride: 2, padding: 1);
        layer1 = MakeLayer(64, 2, 1);
        layer2 = MakeLayer(128, 2, 2);
        for (int i = 0; i < 2; i++)
        {
            layer3.Add(new BasicBlock(inPlanes, 256, i == 0 ? 2 : 1));
            inPlanes = 256;
        }

        layer4 = ModuleList<BasicBlock>(new BasicBlock(256, 512, 2), new BasicBlock(512, 512));
        avgpool = AdaptiveAvgPool2d(1);
        fc = Linear(512, numClasses);
        RegisterComponents();
    }

    private Sequential MakeLayer(int planes, int blocks, int stride)
    {
        var layers = new List<(string, Module<Tensor, Tensor>)>();
        for (var i = 0; i < blocks; ++i)
        {
            layers.Add(($"block{i}", new BasicBlock(inPlanes, planes, i == 0 ? stride : 1)));
            inPlanes = planes;
        }

        return Sequential(layers);
    }

    private Tensor Stem(Tensor x) => maxpool.call(relu.call(bn1.call(conv1.call(x))));

    public override Tensor forward(Tensor x)
    {
        x = Stem(x);
        x = layer1.call(x);
        x = layer2.call(x);
        foreach (var b in layer3)
        {
            x = b.call(x);
        }

        for (int i = 0; i < layer4.Count; i++)
        {
            x = layer4[i].call(x);
        }

        x = avgpool.call(x);
        x = x.view(x.shape[0], -1);
        return fc.call(x);
    }
}
