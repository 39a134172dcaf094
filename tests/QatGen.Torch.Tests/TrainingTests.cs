using System.Diagnostics;
using static TorchSharp.torch;

namespace QatGen.Torch.Tests;

public sealed class TrainingTests
{
    [Fact]
    public void Step_TinyNet_LearnsAndStaysLearnedInIntegers()
    {
        using var scope = NewDisposeScope();
        var (model, losses) = Train(steps: 80);
        Assert.True(losses[^10..].Average() < 0.25 * losses[..5].Average(), string.Join(", ", losses));
        model.SetState(FakeQuantState.Validation);
        manual_seed(99);
        var (x, t) = Data(200);
        using var grad = no_grad();
        Assert.InRange((model.call(x).argmax(1) == t).sum().item<long>(), 180, 200);
    }

    [Fact]
    public void Step_SameSeed_GivesTheSameBits()
    {
        using var scope = NewDisposeScope();
        var (first, second) = (Train(steps: 10), Train(steps: 10));
        Assert.Equal(first.Losses, second.Losses);
        Assert.All(first.Model.state_dict(), p => Assert.Equal(p.Value.bytes.ToArray(), second.Model.state_dict()[p.Key].bytes.ToArray()));
        Assert.NotEqual(first.Losses, Train(steps: 10, seed: 2).Losses);
    }

    [Fact]
    public void Step_TwoHundredTimes_KeepsMemoryFlat()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var model = Nets.Calibrated(Nets.Residual());
        model.SetState(FakeQuantState.Qat);
        using var optimizer = optim.SGD(model.parameters(), 0.01, momentum: 0.9);
        var (x, t) = Data(64);
        void Steps(int count)
        {
            for (var i = 0; i < count; i++)
            {
                Step(model, optimizer, x, t);
            }
        }

        Steps(50);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var (tensors, bytes) = (Tensor.TotalCount, Resident());
        Steps(200);
        Assert.Equal(tensors, Tensor.TotalCount);

        // One step that leaked its activations would hold 3 MB.
        Assert.InRange(Resident() - bytes, long.MinValue, 64 << 20);
    }

    private static long Resident()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }

    private static (GraphQat Model, float[] Losses) Train(int steps, long seed = 1)
    {
        var model = Nets.Calibrated(Nets.Residual(), seed);
        manual_seed(seed);
        model.SetState(FakeQuantState.Qat);
        using var optimizer = optim.SGD(model.parameters(), 0.02, momentum: 0.9);
        var losses = new float[steps];
        for (var i = 0; i < steps; i++)
        {
            using var scope = NewDisposeScope();
            var (x, t) = Data(32);
            losses[i] = Step(model, optimizer, x, t);
        }

        return (model, losses);
    }

    internal static float Step(GraphQat model, optim.Optimizer optimizer, Tensor x, Tensor t)
    {
        using var scope = NewDisposeScope();
        optimizer.zero_grad();
        var loss = nn.functional.cross_entropy(model.call(x), t);
        loss.backward();
        optimizer.step();
        return loss.item<float>();
    }

    /// <summary>Noise on rows, columns, a checkerboard or a bright field, which is the label.</summary>
    internal static (Tensor X, Tensor Label) Data(int count)
    {
        var (row, column) = (arange(12).remainder(2).reshape(12, 1), arange(12).remainder(2).reshape(1, 12));
        var patterns = stack([row + zeros(12, 12), column + zeros(12, 12), (row + column).remainder(2) + zeros(12, 12), ones(12, 12)]);
        var label = randint(0, 4, [count]);
        return ((patterns[label] + (randn(count, 12, 12) * 0.3)).reshape(count, 1, 12, 12), label);
    }
}
