using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ModelZoo;

/// <summary>Residual network (He et al. 2015) of four stages of blocks: [N, 3, H, W] to [N, classes].</summary>
public abstract class ResNet : Module<Tensor, Tensor>
{
    private readonly Conv2d conv1 = Conv2d(3, 64, kernel_size: 7, stride: 2, padding: 3, bias: false);
    private readonly BatchNorm2d bn1 = BatchNorm2d(64);
    private readonly ReLU relu = ReLU(inplace: true);
    private readonly MaxPool2d maxpool = MaxPool2d(kernel_size: 3, stride: 2, padding: 1);
    private readonly Sequential layer1;
    private readonly Sequential layer2;
    private readonly Sequential layer3;
    private readonly Sequential layer4;
    private readonly AdaptiveAvgPool2d avgpool = AdaptiveAvgPool2d((1, 1));
    private readonly Linear fc;

    private long inplanes = 64;

    protected ResNet(string name, ResidualBlock block, int expansion, int[] layers, int classes) : base(name)
    {
        layer1 = MakeLayer(block, expansion, 64, layers[0]);
        layer2 = MakeLayer(block, expansion, 128, layers[1], stride: 2);
        layer3 = MakeLayer(block, expansion, 256, layers[2], stride: 2);
        layer4 = MakeLayer(block, expansion, 512, layers[3], stride: 2);
        fc = Linear(512 * expansion, classes);
        RegisterComponents();

        foreach (var conv in modules().OfType<Conv2d>())
        {
            init.kaiming_normal_(conv.weight!, mode: init.FanInOut.FanOut, nonlinearity: init.NonlinearityType.ReLU);
        }
    }

    private Sequential MakeLayer(ResidualBlock block, int expansion, long planes, int blocks, long stride = 1)
    {
        Sequential? downsample = null;
        if (stride != 1 || inplanes != planes * expansion)
        {
            downsample = Sequential(
                Conv2d(inplanes, planes * expansion, kernel_size: 1, stride: stride, bias: false),
                BatchNorm2d(planes * expansion));
        }

        var layers = new List<Module<Tensor, Tensor>> { block(inplanes, planes, stride, downsample) };
        inplanes = planes * expansion;
        for (var i = 1; i < blocks; i++)
        {
            layers.Add(block(inplanes, planes, 1, null));
        }

        return Sequential(layers);
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        x = maxpool.call(relu.call(bn1.call(conv1.call(x))));

        x = layer1.call(x);
        x = layer2.call(x);
        x = layer3.call(x);
        x = layer4.call(x);

        x = avgpool.call(x);
        x = flatten(x, 1);
        return fc.call(x).MoveToOuterDisposeScope();
    }
}
