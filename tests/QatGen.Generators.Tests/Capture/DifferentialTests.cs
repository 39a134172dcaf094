namespace QatGen.Generators.Tests.Capture;

/// <summary>Whole networks: the sample's, ResNet18 and a MobileNetV2.</summary>
public class DifferentialTests
{
    [Fact]
    public void Forward_QuickStart_EqualsEmitted() => Differential.Check("Net", [1, 1, 28, 28], [10], CaptureHarness.Sample("Net"), CaptureHarness.Sample("ResidualBlock"));

    [Fact]
    public void Forward_ResNet18_EqualsEmitted() => Differential.Check("ResNet18", [1, 3, 64, 64], [10], CaptureHarness.Model("ResNet18"));

    [Fact]
    public void Forward_MobileNetV2_EqualsEmitted() => Differential.Check("MobileNetV2", [1, 3, 64, 64], [10, 0.2], CaptureHarness.Model("MobileNetV2"));
}
