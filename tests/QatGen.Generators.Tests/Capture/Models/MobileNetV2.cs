using QatGen;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace Vision;

public class InvertedResidual : Module<Tensor, Tensor>
{
    private readonly bool useRes;
    private readonly Sequential conv;

    public InvertedResidual(long inp, long oup, int stride, int expand) : base(nameof(InvertedResidual))
    {
        if (stride is not (1 or 2))
        {
            throw new ArgumentException("stride must be 1 or 2", nameof(stride));
        }

        var hidden = (long)Math.Round(inp * (double)expand);
        useRes = stride == 1 && inp == oup;
        var layers = new List<Module<Tensor, Tensor>>();
        if (expand != 1)
        {
            layers.AddRange(new Module<Tensor, Tensor>[] { Conv2d(inp, hidden, 1, bias: false), BatchNorm2d(hidden), ReLU6(inplace: true) });
        }

        layers.Add(Conv2d(hidden, hidden, 3, stride: stride, padding: 1, groups: hidden, bias: false));
        layers.Add(BatchNorm2d(hidden));
        layers.Add(ReLU6(inplace: true));
        layers.Add(Conv2d(hidden, oup, 1, bias: false));
        layers.Add(BatchNorm2d(oup));
        conv = Sequential(layers);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => useRes ? x + conv.call(x) : conv.call(x);
}

[QatModel(March.Bernoulli2)]
public partial class MobileNetV2 : Module<Tensor, Tensor>
{
    private static readonly (int t, int c, int n, int s)[] Settings = { (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 2, 2), (6, 96, 1, 1) };

    private readonly Sequential features, classifier;

    public MobileNetV2(int numClasses = 10, double dropout = 0.2) : base("mobilenet")
    {
        var inp = MakeDivisible(32 * 0.5, 8);
        var last = 128L;
        var layers = new List<Module<Tensor, Tensor>> { ConvBnReLU(3, inp, 2) };
        foreach (var (t, c, n, s) in Settings)
        {
            var oup = MakeDivisible(c * 0.5, 8);
            for (int i = 0; i < n; i++)
            {
                layers.Add(new InvertedResidual(inp, oup, i == 0 ? s : 1, t));
                inp = oup;
            }
        }

        layers.Add(Sequential(Conv2d(inp, last, 1, bias: false), BatchNorm2d(last), ReLU6()));
        features = Sequential(layers);
        classifier = Sequential(("drop", Dropout(dropout)), ("fc", Linear(last, numClasses)));
        RegisterComponents();
    }

    private static long MakeDivisible(double v, int d)
    {
        var n = Math.Max(d, (long)(v + d / 2.0) / d * d);
        if (n < 0.9 * v)
        {
            n += d;
        }

        return n;
    }

    private static Sequential ConvBnReLU(long i, long o, int s) => Sequential(Conv2d(i, o, 3, stride: s, padding: 1, bias: false), BatchNorm2d(o), ReLU6(inplace: true));

    public override Tensor forward(Tensor x)
    {
        x = features.call(x);
        x = F.adaptive_avg_pool2d(x, 1).flatten(1);
        return classifier.call(x);
    }
}
