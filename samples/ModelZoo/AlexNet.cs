using QatGen;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ModelZoo;

/// <summary>AlexNet as in "One weird trick for parallelizing convolutional neural networks" (Krizhevsky 2014): [N, 3, 224, 224] to [N, classes].</summary>
[QatModel(March.Bayes)]
[InputShape(1, 3, 224, 224)]
public sealed partial class AlexNet : Module<Tensor, Tensor>
{
    private readonly Sequential features = Sequential(
        Conv2d(3, 64, kernel_size: 11, stride: 4, padding: 2),
        ReLU(inplace: true),
        MaxPool2d(kernel_size: 3, stride: 2),
        Conv2d(64, 192, kernel_size: 5, padding: 2),
        ReLU(inplace: true),
        MaxPool2d(kernel_size: 3, stride: 2),
        Conv2d(192, 384, kernel_size: 3, padding: 1),
        ReLU(inplace: true),
        Conv2d(384, 256, kernel_size: 3, padding: 1),
        ReLU(inplace: true),
        Conv2d(256, 256, kernel_size: 3, padding: 1),
        ReLU(inplace: true),
        MaxPool2d(kernel_size: 3, stride: 2));

    private readonly AdaptiveAvgPool2d avgpool = AdaptiveAvgPool2d((6, 6));
    private readonly Sequential classifier;

    public AlexNet(int classes = 1000, double dropout = 0.5) : base(nameof(AlexNet))
    {
        classifier = Sequential(
            Dropout(dropout),
            Linear(256 * 6 * 6, 4096),
            ReLU(inplace: true),
            Dropout(dropout),
            Linear(4096, 4096),
            ReLU(inplace: true),
            Linear(4096, classes));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var t1 = features.call(x);
        using var t2 = avgpool.call(t1);
        using var t3 = flatten(t2, start_dim: 1);
        return classifier.call(t3);
    }
}
