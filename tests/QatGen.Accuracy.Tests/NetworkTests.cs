using Accuracy;
using QatGen.Torch;
using QatGen.Torch.Persistence;
using static TorchSharp.torch;

namespace QatGen.Accuracy.Tests;

public sealed class NetworkTests
{
    [Fact]
    public void FashionNet_WithPyTorchsWeights_GivesItsLogits()
    {
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        using var net = new FashionNet();
        net.LoadSafetensors(Fashion.ReferencePath);
        net.eval();
        var expected = Safetensors.Load(Path.Combine(Path.GetDirectoryName(Fashion.ReferencePath)!, "logits.safetensors"))["logits"];
        var logits = net.call(Parts.Test((int)expected.shape[0]).Batches((int)expected.shape[0], 1).Single());
        Assert.Equal(expected.shape, logits.shape);
        Assert.True((logits - expected).abs().max().item<float>() < 1e-4, "The logits are not PyTorch's.");
        Assert.Equal(101_322, net.parameters().Sum(static p => p.numel()));
    }

    [Fact]
    public void RepVgg_Merged_IsTheSumOfItsBranches()
    {
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        random.manual_seed(1);
        using var trained = new RepVggBranches();
        foreach (var (name, tensor) in trained.state_dict())
        {
            if (name.Contains("bn", StringComparison.Ordinal) && tensor.is_floating_point())
            {
                tensor.copy_(rand(tensor.shape) + 0.5);
            }
        }

        trained.eval();
        using var merged = RepVggSmall.Of(trained);
        var x = randn(4, 3, 32, 32);
        var (expected, actual) = (trained.call(x), merged.call(x));
        Assert.True((expected - actual).abs().max().item<float>() < 1e-4 * Math.Max(1, expected.abs().max().item<float>()), "Merging changes the outputs.");
    }
}
