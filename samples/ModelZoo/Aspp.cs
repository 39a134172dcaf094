using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ModelZoo;

/// <summary>Atrous spatial pyramid pooling: a 1x1 convolution, one dilated 3x3 convolution per rate and the image level branch, joined and projected to the output channels.</summary>
public sealed class Aspp : Module<Tensor, Tensor>
{
    private readonly ModuleList<AsppBranch> convs;
    private readonly Sequential project;

    public Aspp(int input, int output, params int[] rates) : base(nameof(Aspp))
    {
        AsppBranch[] branches = [new(input, output), .. rates.Select(rate => new AsppBranch(input, output, rate)), new AsppPooling(input, output)];
        convs = ModuleList(branches);
        project = Sequential(
            ("conv", Conv2d(branches.Length * output, output, kernel_size: 1, bias: false)),
            ("bn", BatchNorm2d(output)),
            ("relu", ReLU()),
            ("dropout", Dropout(0.5)));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => project.call(cat([.. convs.Select(branch => branch.call(x))], 1));
}
