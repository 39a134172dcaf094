using System.Diagnostics;
using static TorchSharp.torch;

namespace QatGen.Benchmarks.Qat;

/// <summary>A model and its optimizer, on one batch over and over; and what its steps took, in milliseconds: by the clock and of the processor.</summary>
internal sealed class TrainedModel(string name, nn.Module<Tensor, Tensor> model)
{
    private readonly optim.Optimizer _optimizer = optim.SGD(model.parameters(), 1e-4, momentum: 0.9);

    public string Name => name;

    public List<double> Clock { get; } = [];

    public List<double> Processor { get; } = [];

    /// <summary>Forward, loss, backward and the optimizer's step.</summary>
    public void Step(Tensor images, Tensor labels)
    {
        var (clock, processor) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        using (NewDisposeScope())
        {
            _optimizer.zero_grad();
            nn.functional.cross_entropy(model.call(images), labels).backward();
            _optimizer.step();
        }

        Clock.Add(clock.Elapsed.TotalMilliseconds);
        Processor.Add((Environment.CpuUsage.TotalTime - processor).TotalMilliseconds);
    }
}
