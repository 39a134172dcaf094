using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using QatGen.Generators.Capture;
using QatGen.Passes;

namespace QatGen.Generators.Tests.Capture;

/// <summary>Every model of the zoo, as a block made with its default arguments: the float form equals it, and what cannot be quantized is exactly what is listed here.</summary>
public class ZooTests
{
    [Theory]
    [InlineData("DeepLabASPP", "2048, 9, 9", "QG4001 BAYES")]
    [InlineData("EfficientNetB0", "3, 64, 64", "")]
    [InlineData(
        "FcosResNet50",
        "3, 128, 128",
        "QG1013 net.head.bbox_ctrness net.head.bbox_reg net.head.cls_conv.0 net.head.cls_conv.1 net.head.cls_conv.10 net.head.cls_conv.3 net.head.cls_conv.4 net.head.cls_conv.6 net.head.cls_conv.7 net.head.cls_conv.9" +
        " net.head.cls_logits net.head.reg_conv.0 net.head.reg_conv.1 net.head.reg_conv.10 net.head.reg_conv.3 net.head.reg_conv.4 net.head.reg_conv.6 net.head.reg_conv.7 net.head.reg_conv.9")]
    [InlineData("MobileNetV4ConvSmall", "3, 64, 64", "")]
    [InlineData("RepVGGA0", "3, 64, 64", "")]
    [InlineData("RepVGGB0", "3, 64, 64", "")]
    [InlineData("ResNeXt50_32x4d", "3, 64, 64", "")]
    [InlineData("ResNet18", "3, 64, 64", "")]
    [InlineData("ResNet50", "3, 64, 64", "")]
    [InlineData("UNet", "3, 64, 64", "")]
    [InlineData("VGG16", "3, 64, 64", "QG4001 BAYES")]
    [InlineData("AlexNet", "3, 64, 64", "QG4001 BAYES")]
    [InlineData("BlazeFace", "3, 128, 128", "")]
    [InlineData("FasterNetT0", "3, 64, 64", "")]
    [InlineData("GoogLeNet", "3, 64, 64", "")]
    [InlineData("GruTagger", "25, 10", "QG1013 net.cell")]
    [InlineData("LeNet", "1, 32, 32", "")]
    [InlineData("LstmTagger", "49, 10", "QG1013 net.fc")]
    [InlineData("MobileNetV1", "3, 64, 64", "")]
    [InlineData("MobileNetV2", "3, 64, 64", "")]
    [InlineData("MobileNetV3Large", "3, 64, 64", "")]
    [InlineData("MobileOneS0", "3, 64, 64", "")]
    [InlineData("PointNet", "3, 32", "")]
    [InlineData("VarGNet", "3, 64, 64", "")]
    [InlineData("ViTTiny", "3, 224, 224", "")]
    [InlineData("YoloV5n", "3, 64, 64", "")]
    [InlineData("YoloV8n", "3, 64, 64", "")]
    public void Model_OfZoo_EqualsEmitted(string name, string shape, string unsupported)
    {
        var graph = Differential.Check("Model", [1, .. shape.Split(", ").Select(long.Parse)], [], Sources(name, shape));
        var found = Pipeline.Run(graph).Violations.GroupBy(static v => v.Rule.Id).OrderBy(static g => g.Key, StringComparer.Ordinal)
            .Select(static g => g.Key + " " + string.Join(" ", g.Select(static v => v.Arguments[0].Replace(' ', '_')).Distinct().Order(StringComparer.Ordinal)));
        Assert.Equal(unsupported, string.Join(", ", found));
    }

    [Fact]
    public void Models_OfZoo_AreAllListed()
    {
        var classes = CaptureHarness.Compile(CaptureHarness.Zoo()).SyntaxTrees.SelectMany(static t => t.GetRoot().DescendantNodes().OfType<ClassDeclarationSyntax>());
        var models = classes.Where(static c => c.AttributeLists.ToString().Contains("QatModel", StringComparison.Ordinal)).Select(static c => c.Identifier.Text);
        var rows = typeof(ZooTests).GetMethod(nameof(Model_OfZoo_EqualsEmitted))!.GetCustomAttributes(typeof(InlineDataAttribute), false).Cast<InlineDataAttribute>();
        var listed = rows.Select(static r => (string)r.GetData(null!).Single()[0]);
        Assert.Equal(models.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    /// <summary>The zoo and a class Model that consists of one of its models.</summary>
    private static string[] Sources(string name, string shape)
    {
        var type = CaptureHarness.Find(CaptureHarness.Compile(CaptureHarness.Zoo()), name);
        var result = TorchNames.Signature(type)!.TypeArguments.Last().ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);
        return [.. CaptureHarness.Zoo(), $$"""
            {{Differential.Header}}
            [QatModel(March.Bayes)]
            [InputShape(1, {{shape}})]
            public partial class Model : Module<Tensor, {{result}}>
            {
                private readonly ModelZoo.{{name}} net = new();
                public Model() : base("m") { RegisterComponents(); }
                public override {{result}} forward(Tensor x) => net.call(x);
            }
            """];
    }
}
