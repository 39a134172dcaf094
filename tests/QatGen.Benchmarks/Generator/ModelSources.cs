namespace QatGen.Benchmarks.Generator;

/// <summary>Source files of a project full of models, as an engineer would write them.</summary>
internal static class ModelSources
{
    private const string Usings = """
        using QatGen;
        using TorchSharp.Modules;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn;

        namespace Vision;

        """;

    public const string GlobalUsings = "global using System; global using System.Collections.Generic; global using System.Linq;";

    /// <summary>ResNet18 with its own block: 20 convolutions.</summary>
    public static string ResNet18(string name) => ResNet(name, Basic(name + "Block"), "1", "2, 2, 2, 2");

    /// <summary>ResNet50 with its own block: 53 convolutions.</summary>
    public static string ResNet50(string name) => ResNet(name, Bottleneck(name + "Block"), "4", "3, 4, 6, 3");

    /// <summary>One annotated residual block.</summary>
    public static string Block(string name) => Usings + $$"""
        [QatModel(March.Bayes)]
        [InputShape(1, 64, 56, 56)]
        public partial class {{name}} : Module<Tensor, Tensor>
        {
            private readonly Conv2d conv1 = Conv2d(64, 64, kernel_size: 3, padding: 1, bias: false);
            private readonly BatchNorm2d bn1 = BatchNorm2d(64);
            private readonly Conv2d conv2 = Conv2d(64, 64, kernel_size: 3, padding: 1, bias: false);
            private readonly BatchNorm2d bn2 = BatchNorm2d(64);

            public {{name}}() : base(nameof({{name}})) => RegisterComponents();

            public override Tensor forward(Tensor x)
            {
                using var scope = NewDisposeScope();
                var y = functional.relu(bn1.call(conv1.call(x)));
                return functional.relu(bn2.call(conv2.call(y)) + x).MoveToOuterDisposeScope();
            }
        }
        """;

    /// <summary>A file that no model depends on; <paramref name="edit"/> stands in its class.</summary>
    public static string Other(int number, string edit = "") => $$"""
        namespace Application.Part{{number % 10}};

        /// <summary>Orders by customer, as any application has them.</summary>
        public sealed class Service{{number}}(string name, int limit)
        {
            private readonly Dictionary<string, List<int>> _orders = [];
            {{edit}}

            public int Count => _orders.Values.Sum(static o => o.Count);

            public string Name => name;

            public void Add(string customer, int order)
            {
                if (!_orders.TryGetValue(customer, out var orders))
                {
                    _orders[customer] = orders = [];
                }

                if (orders.Count < limit)
                {
                    orders.Add(order);
                }
            }

            public IEnumerable<string> Largest(int count) => _orders.OrderByDescending(static o => o.Value.Count).Take(count).Select(static o => o.Key);
        }
        """;

    private static string ResNet(string name, string block, string expansion, string repeats) => Usings + block + $$"""


        [QatModel(March.Bayes)]
        [InputShape(1, 3, 224, 224)]
        public partial class {{name}} : Module<Tensor, Tensor>
        {
            private const int Expansion = {{expansion}};
            private readonly Conv2d conv1 = Conv2d(3, 64, kernel_size: 7, stride: 2, padding: 3, bias: false);
            private readonly BatchNorm2d bn1 = BatchNorm2d(64);
            private readonly ReLU relu = ReLU(inplace: true);
            private readonly MaxPool2d maxpool = MaxPool2d(kernel_size: 3, stride: 2, padding: 1);
            private readonly Sequential layer1, layer2, layer3, layer4;
            private readonly AdaptiveAvgPool2d avgpool = AdaptiveAvgPool2d(1);
            private readonly Linear fc;
            private int _planes = 64;

            public {{name}}(int classes = 1000) : base(nameof({{name}}))
            {
                var repeats = new[] { {{repeats}} };
                layer1 = MakeLayer(64, repeats[0], 1);
                layer2 = MakeLayer(128, repeats[1], 2);
                layer3 = MakeLayer(256, repeats[2], 2);
                layer4 = MakeLayer(512, repeats[3], 2);
                fc = Linear(512 * Expansion, classes);
                RegisterComponents();
            }

            private Sequential MakeLayer(int planes, int repeats, int stride)
            {
                var blocks = new List<Module<Tensor, Tensor>>();
                for (var i = 0; i < repeats; i++)
                {
                    blocks.Add(new {{name}}Block(_planes, planes, i == 0 ? stride : 1));
                    _planes = planes * Expansion;
                }

                return Sequential(blocks);
            }

            public override Tensor forward(Tensor x)
            {
                using var scope = NewDisposeScope();
                x = maxpool.call(relu.call(bn1.call(conv1.call(x))));
                x = layer4.call(layer3.call(layer2.call(layer1.call(x))));
                return fc.call(avgpool.call(x).flatten(1)).MoveToOuterDisposeScope();
            }
        }
        """;

    private static string Basic(string name) => ResidualBlock(name, "1", "y = bn2.call(conv2.call(y));", """
        conv1 = Conv2d(inputs, planes, kernel_size: 3, stride: stride, padding: 1, bias: false);
                bn1 = BatchNorm2d(planes);
                conv2 = Conv2d(planes, planes, kernel_size: 3, padding: 1, bias: false);
                bn2 = BatchNorm2d(planes);
        """);

    private static string Bottleneck(string name) => ResidualBlock(name, "4", "y = bn3.call(conv3.call(relu.call(bn2.call(conv2.call(y)))));", """
        conv1 = Conv2d(inputs, planes, kernel_size: 1, bias: false);
                bn1 = BatchNorm2d(planes);
                conv2 = Conv2d(planes, planes, kernel_size: 3, stride: stride, padding: 1, bias: false);
                bn2 = BatchNorm2d(planes);
                conv3 = Conv2d(planes, planes * Expansion, kernel_size: 1, bias: false);
                bn3 = BatchNorm2d(planes * Expansion);
        """, ", conv3", ", bn3");

    private static string ResidualBlock(string name, string expansion, string forward, string layers, string convs = "", string norms = "") => $$"""
        internal sealed class {{name}} : Module<Tensor, Tensor>
        {
            private const int Expansion = {{expansion}};
            private readonly Conv2d conv1, conv2{{convs}};
            private readonly BatchNorm2d bn1, bn2{{norms}};
            private readonly ReLU relu = ReLU(inplace: true);
            private readonly Sequential? downsample;

            public {{name}}(int inputs, int planes, int stride) : base(nameof({{name}}))
            {
                {{layers}}
                if (stride != 1 || inputs != planes * Expansion)
                {
                    downsample = Sequential(Conv2d(inputs, planes * Expansion, kernel_size: 1, stride: stride, bias: false), BatchNorm2d(planes * Expansion));
                }

                RegisterComponents();
            }

            public override Tensor forward(Tensor x)
            {
                var y = relu.call(bn1.call(conv1.call(x)));
                {{forward}}
                return relu.call(y + (downsample is null ? x : downsample.call(x)));
            }
        }
        """;
}
