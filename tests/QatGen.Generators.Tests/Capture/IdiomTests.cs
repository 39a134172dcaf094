namespace QatGen.Generators.Tests.Capture;

/// <summary>Ways in which models are commonly written, beyond single constructs.</summary>
public class IdiomTests
{
    private const string Layers = """
        public sealed class ConvBn : Module<Tensor, Tensor>
        {
            public int Width { get; init; } = 4;
            private readonly Module<Tensor, Tensor> layers;
            public ConvBn(int input, int output, int kernel = 3, int stride = 1, string act = "relu") : base(nameof(ConvBn))
            {
                var list = new List<(string, Module<Tensor, Tensor>)>
                {
                    ("conv", Conv2d(input, output, kernel, stride: stride, padding: (kernel - 1) / 2, bias: false)),
                    ("bn", BatchNorm2d(output)),
                };
                switch (act)
                {
                    case "relu": list.Add(("act", ReLU(inplace: true))); break;
                    case "relu6": list.Add(("act", ReLU6())); break;
                    case "none": break;
                    default: throw new ArgumentException($"unknown activation {act}");
                }

                layers = Sequential(list);
                RegisterComponents();
            }

            public override Tensor forward(Tensor x) => layers.call(x);
        }
        """;

    [Fact]
    public void Inception_Branches_EqualForward() => Differential.Members(
        """
        private readonly ConvBn branch1, branch2;
        private readonly Sequential branch3;
        public Model() : base("m")
        {
            branch1 = new(4, 6, kernel: 1);
            branch2 = new ConvBn(4, 5, act: "relu6") { Width = 5 };
            branch3 = Sequential(("pool", AvgPool2d(3, stride: 1, padding: 1)), ("conv", new ConvBn(4, branch2.Width, 1, act: "none")));
            RegisterComponents();
        }
        private IEnumerable<Tensor> Branches(Tensor x) => new Module<Tensor, Tensor>[] { branch1, branch2, branch3 }.Select(b => b.call(x));
        public override Tensor forward(Tensor x) => torch.cat(Branches(x).ToList(), 1);
        """,
        Layers);

    [Fact]
    public void DenseBlock_GrowingConcat_EqualsForward() => Differential.Members(
        """
        private readonly ModuleList<ConvBn> layers = new();
        public Model() : base("m") { for (var i = 0; i < 3; i++) { layers.append(new ConvBn(4 + i * 2, 2)); } RegisterComponents(); }
        public override Tensor forward(Tensor x)
        {
            var features = new List<Tensor> { x };
            foreach (var layer in layers)
            {
                features.Add(layer.call(torch.cat(features, 1)));
            }

            return torch.cat(features.ToArray(), 1);
        }
        """,
        Layers);

    [Fact]
    public void Pyramid_SkipsByIndex_EqualForward() => Differential.Members(
        """
        private readonly ModuleList<ConvBn> down = new(), lateral = new();
        public Model() : base("m")
        {
            var widths = new[] { 4, 6, 8 };
            for (var i = 0; i + 1 < widths.Length; i++)
            {
                down.Add(new ConvBn(widths[i], widths[i + 1], stride: 1));
                lateral.Add(new ConvBn(widths[i], widths[^1], 1, act: "none"));
            }

            RegisterComponents();
        }
        public override Tensor forward(Tensor x)
        {
            var skips = new Tensor[down.Count];
            for (var i = 0; i < down.Count; i++)
            {
                skips[i] = x;
                x = down[i].call(x);
            }

            for (var i = skips.Length - 1; i >= 0; --i)
            {
                x = F.relu(x + lateral[i].call(skips[i]));
            }

            return x;
        }
        """,
        Layers);

    [Fact]
    public void Builder_StaticFactoriesAndRecords_EqualForward() => Differential.Members(
        """
        private static readonly Stage[] Stages = [new(6, 2), new(Width: 8, Depth: 1, Act: "relu6")];
        private static readonly int Stem = Stages[0].Width;
        private readonly Sequential body;
        private readonly Func<Tensor, Tensor> pool = x => F.adaptive_avg_pool2d(x, 1).flatten(1);
        private readonly Linear? head;
        public Model(int? classes) : base("m")
        {
            body = Build(4, Stages);
            head = Linear(Stages.Last().Width, classes ?? 10);
            RegisterComponents();
        }
        private static Sequential Build(int input, IReadOnlyList<Stage> stages)
        {
            var layers = new List<Module<Tensor, Tensor>> { new ConvBn(input, Stem) };
            var channels = Stem;
            foreach (var (width, depth, act) in stages)
            {
                for (var d = depth; d > 0; d--)
                {
                    layers.Add(new ConvBn(channels, width, act: act));
                    channels = width;
                }
            }

            return Sequential(layers);
        }
        public override Tensor forward(Tensor x) => head!.call(pool(body.call(x)));
        """,
        Layers + "\npublic sealed record Stage(int Width, int Depth, string Act = \"relu\");",
        [7]);

    [Fact]
    public void Buffer_FilledPartByPartInTheConstructor_IsRead()
    {
        var graph = Differential.Members("""
            private readonly Tensor encoding;
            private readonly Tensor regions = torch.zeros(8, 8);

            public Model() : base("m")
            {
                var position = torch.arange(0, 8).unsqueeze(1).@float();
                encoding = torch.zeros(8, 8);
                encoding[TensorIndex.Colon, TensorIndex.Slice(0, null, 2)] = torch.sin(position * torch.arange(1, 5));
                encoding[.., TensorIndex.Slice(1, null, 2)] = torch.cos(position);
                var count = 0;
                foreach (var (start, end) in new[] { (0, 4), (4, 6), (6, 8) })
                {
                    regions[start..end, ..] = count++;
                }

                regions[0, 0] += 2;
                register_buffer("encoding", encoding);
                register_buffer("regions", regions);
                RegisterComponents();
            }

            public override Tensor forward(Tensor x) => (x + encoding) * regions;
            """);
        Assert.Equal(["Constant", "Add", "Constant", "Mul"], graph.Nodes.Select(static n => n.Operator));
    }
}
