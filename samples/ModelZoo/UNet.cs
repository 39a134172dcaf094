using QatGen;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ModelZoo;

/// <summary>U-Net (Ronneberger et al. 2015) with padded convolutions and batch norm: [N, channels, H, W] to class logits [N, classes, H, W]; H and W are multiples of 2^depth.</summary>
[QatModel(March.Bayes)]
[ModelArgs]
[InputShape(1, 3, 256, 256)]
public sealed partial class UNet : Module<Tensor, Tensor>
{
    private readonly ModuleList<DoubleConv> encoders = ModuleList<DoubleConv>();
    private readonly ModuleList<ConvTranspose2d> ups = ModuleList<ConvTranspose2d>();
    private readonly ModuleList<DoubleConv> decoders = ModuleList<DoubleConv>();
    private readonly Conv2d outc;

    public UNet(int channels = 3, int classes = 2, int width = 64, int depth = 4) : base(nameof(UNet))
    {
        encoders.Add(new DoubleConv(channels, width));
        for (var level = 1; level <= depth; level++)
        {
            encoders.Add(new DoubleConv(width << (level - 1), width << level));
        }

        for (var level = depth; level > 0; level--)
        {
            ups.Add(ConvTranspose2d(width << level, width << (level - 1), kernel_size: 2, stride: 2));
            decoders.Add(new DoubleConv(width << level, width << (level - 1)));
        }

        outc = Conv2d(width, classes, kernel_size: 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var skips = new Stack<Tensor>();
        x = encoders[0].call(x);
        foreach (var encoder in encoders.Skip(1))
        {
            skips.Push(x);
            x = encoder.call(functional.max_pool2d(x, 2));
        }

        foreach (var (up, decoder) in ups.Zip(decoders))
        {
            x = cat([skips.Pop(), up.call(x)], 1);
            x = decoder.call(x);
        }

        return outc.call(x).MoveToOuterDisposeScope();
    }
}
