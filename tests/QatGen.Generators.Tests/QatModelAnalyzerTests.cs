using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Testing;
using QatGen.Generators.Analyzers;

namespace QatGen.Generators.Tests;

public sealed class QatModelAnalyzerTests
{
    [Fact]
    public Task QuickStart_HasNoDiagnostic() => Verify(string.Join("\n", GeneratorRun.QuickStart()[0]), GeneratorRun.QuickStart()[1]);

    [Fact]
    public Task ClassWithoutPartial_IsReportedAtItsName() => Verify("""
        [QatModel(March.Bayes)]
        public class {|QG1001:Net|} : Module<Tensor, Tensor>
        {
            public Net() : base("Net") { }
            public override Tensor forward(Tensor x) => x;
        }
        """);

    [Fact]
    public Task Block_IsReportedAsAModelIs() => Verify("""
        [QatBlock]
        public class {|QG1001:Block|} : Module<Tensor, Tensor>
        {
            public Block() : base("Block") { }
            public override Tensor forward(Tensor x) => x;
        }

        [QatBlock]
        public partial class Loop : Module<Tensor, Tensor>
        {
            private readonly int count;
            public Loop(int count) : base("Loop") { this.count = count; }

            public override Tensor forward(Tensor x)
            {
                for (var i = 0; {|QG1005:i < count|}; i++)
                {
                    x = functional.relu(x);
                }

                return x;
            }
        }
        """);

    [Fact]
    public Task ClassThatIsNoModule_IsReportedAtItsName() => Verify("""
        [QatModel(March.Bayes)]
        public partial class {|QG1002:Net|};
        """);

    [Fact]
    public Task InputOfAnotherTypeThanActivationsHave_IsReportedAtTheClass() => Verify("""
        [QatModel(March.Bayes)]
        public partial class {|QG3021:Net|} : Module<Tensor, Tensor>
        {
            public Net() : base("Net") { }
            public override Tensor forward([Quantize(DType = DType.QInt32)] Tensor x) => functional.relu(x);
        }
        """);

    [Fact]
    public Task UnsupportedOperator_IsReportedAtTheCall() => Verify(Model("return {|QG1003:functional.hardshrink(conv.call(x))|};"));

    [Fact]
    public Task ControlFlowOnData_IsReportedAtTheCondition() => Verify(Model("""
        var y = conv.call(x);
        if ({|QG1004:y.sum().item<float>() > 0|})
        {
            y = relu.call(y);
        }

        return y;
        """));

    [Fact]
    public Task LoopOverAnUndecidedArgument_IsReported() => Verify("""
        [QatModel(March.Bayes)]
        public partial class Net : Module<Tensor, Tensor>
        {
            private readonly ModuleList<Module<Tensor, Tensor>> convs = new();

            public Net(int depth) : base("Net")
            {
                for (var i = 0; {|QG1005:i < depth|}; i++)
                {
                    convs.Add(nn.Conv2d(3, 3, kernel_size: 1));
                }

                RegisterComponents();
            }

            public override Tensor forward(Tensor x) => x;
        }
        """);

    [Fact]
    public Task PaddingModeThatHasNoQuantizedForm_IsReported() => Verify(Model(
        "return {|QG1007:reflect.call(x)|};", "private readonly ConvTranspose2d reflect = nn.ConvTranspose2d(3, 8, kernel_size: 3, padding: 1, padding_mode: PaddingModes.Reflect);"));

    [Fact]
    public Task InPlaceOnAValueUsedLater_IsReported() => Verify(Model("""
        var y = conv.call(x);
        var flat = y.flatten(1);
        {|QG1009:functional.relu(flat, inplace: true)|};
        return y;
        """));

    [Fact]
    public Task LoneBatchNormOfUnknownSize_IsReported() => Verify("""
        [QatModel(March.Bayes)]
        public partial class Net : Module<Tensor, Tensor>
        {
            private readonly BatchNorm2d bn;
            public Net(int width) : base("Net") { bn = nn.BatchNorm2d(width); RegisterComponents(); }
            public override Tensor forward(Tensor x) => {|QG1012:bn.call(functional.relu(x))|};
        }
        """);

    [Fact]
    public Task ModuleCalledTwice_IsReported() => Verify(Model("return relu.call({|QG1013:same.call(same.call(x))|});", "private readonly Conv2d same = nn.Conv2d(3, 3, kernel_size: 1);"));

    [Fact]
    public Task ChannelsThatDiffer_AreReportedWithBothCounts() => Verify(
        Model("return {|#0:next.call(conv.call(x))|};", "private readonly Conv2d next = nn.Conv2d(16, 8, kernel_size: 1);"),
        DiagnosticResult.CompilerError("QG2003").WithLocation(0).WithMessage("The input has 8 channels, the weights expect 16. Make in_channels equal to the channels of the layer before."));

    [Fact]
    public Task KernelBeyondTheMarch_IsReportedWithTheLimit() => Verify(
        Model("return {|#0:large.call(x)|};", "private readonly Conv2d large = nn.Conv2d(3, 8, kernel_size: 9);", march: "Bernoulli2"),
        DiagnosticResult.CompilerError("QG4001").WithLocation(0)
            .WithMessage("BERNOULLI2 takes convolution only with a kernel height and width of 1 to 7; this one has 9 x 9. Change the layer, or choose a march that allows it."));

    [Fact]
    public Task LimitOfTheShape_IsReportedWhereTheShapeIsKnown()
    {
        const string Dilated = "private readonly Conv2d dilated = nn.Conv2d(3, 8, kernel_size: 3, dilation: 3);";
        return Verify(
            Model("return conv2.call({|#0:dilated.call(x)|});", Dilated + "private readonly Conv2d conv2 = nn.Conv2d(8, 8, kernel_size: 1);"),
            DiagnosticResult.CompilerError("QG4001").WithLocation(0)
                .WithMessage("BAYES takes convolution only with an input height and width divisible by the dilation; this one has [1, 3, 32, 32] qint8. Change the layer, or choose a march that allows it."));
    }

    [Fact]
    public Task LimitOfTheShape_IsLeftToConversionWhereTheShapeIsNotKnown() => Verify(
        Model("return conv2.call(dilated.call(x));", "private readonly Conv2d dilated = nn.Conv2d(3, 8, kernel_size: 3, dilation: 3); private readonly Conv2d conv2 = nn.Conv2d(8, 8, kernel_size: 1);", shape: ""));

    [Fact]
    public Task EmptyInput_IsReported() => Verify(
        Model("return conv.call(x);", shape: "[InputShape(1, 3, 0, 32)]").Replace("class Net", "class {|#0:Net|}", StringComparison.Ordinal),
        DiagnosticResult.CompilerError("QG2030").WithLocation(0).WithMessage("The tensor is [1, 3, 0, 32] qint8; every dimension is at least 1. Give [InputShape] and the sizes of layers no zero."));

    private static string Model(string forward, string fields = "", string march = "Bayes", string shape = "[InputShape(1, 3, 32, 32)]") => $$"""
        [QatModel(March.{{march}})]
        {{shape}}
        public partial class Net : Module<Tensor, Tensor>
        {
            private readonly Conv2d conv = nn.Conv2d(3, 8, kernel_size: 3, padding: 1);
            private readonly ReLU relu = nn.ReLU();
            {{fields}}

            public Net() : base("Net") => RegisterComponents();

            public override Tensor forward(Tensor x)
            {
                {{forward}}
            }
        }
        """;

    private static Task Verify(string source, params DiagnosticResult[] expected) => Verify(Usings + source, [], expected);

    private static Task Verify(string source, string second) => Verify(source, [second], []);

    private static Task Verify(string source, string[] others, DiagnosticResult[] expected)
    {
        var test = new CSharpAnalyzerTest<QatModelAnalyzer, DefaultVerifier>
        {
            TestCode = source,
            ReferenceAssemblies = new ReferenceAssemblies("net10.0"),
            CompilerDiagnostics = CompilerDiagnostics.Errors,
        };
        test.TestState.AdditionalReferences.AddRange(GeneratorRun.References);
        foreach (var other in others.Append(GeneratorRun.Usings))
        {
            test.TestState.Sources.Add(other);
        }

        test.ExpectedDiagnostics.AddRange(expected);
        return test.RunAsync();
    }

    private const string Usings = """
        using QatGen;
        using TorchSharp;
        using TorchSharp.Modules;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn;

        """;
}
