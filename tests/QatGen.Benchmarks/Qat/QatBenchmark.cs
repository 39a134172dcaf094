using QatGen.Torch;
using static TorchSharp.torch;

namespace QatGen.Benchmarks.Qat;

/// <summary>
/// A QAT step of ResNet18 over a step of the float model: forward, loss, backward and optimizer, in turn in one process, so that what else the machine does falls on each. The ratio is the median of those of the rounds.
/// On a busy machine of two cores, by processor time of one thread: 1.04 (two threads: 1.09) at 64x64 and 1.01 at 224x224 as configured by default, 1.16 with LSQ and 1.08 with PACT at 64x64; PyTorch 1.13 in
/// <c>pytorch_qat.py</c>, FX with fused observers, 1.47 and 1.18.
/// </summary>
internal static class QatBenchmark
{
    private const int Warm = 3;

    private static readonly (int Side, int Batch, int Rounds)[] Shapes = [(64, 32, 21), (224, 8, 11)];

    private static readonly (string Name, QConfig Config)[] Configurations =
    [
        ("statistical, FuseBN", new()),
        ("LSQ, FuseBN", QConfigs.Get("default_qat_8bit_lsq_quant_qconfig")),
        ("PACT, FuseBN", QConfigs.Default(activation: FakeQuantKind.Pact)),
        ("statistical, WithBN", new() { BatchNormMode = BatchNormMode.WithBN }),
    ];

    /// <summary>Those cases whose names contain all <paramref name="parts"/>, on 1 and 2 threads.</summary>
    public static void Run(string[] parts)
    {
        Console.WriteLine($"{"ResNet18",-48} {"float ms",9} {"QAT ms",8} {"ratio",6} {"CPU",6}");
        foreach (var (side, batch, rounds) in Shapes)
        {
            foreach (var threads in new[] { 1, 2 })
            {
                var cases = Configurations.Select(c => (Name: $"{side}x{side} x {batch}, {threads} threads, {c.Name}", c.Config));
                var chosen = cases.Where(c => Array.TrueForAll(parts, p => c.Name.Contains(p, StringComparison.OrdinalIgnoreCase))).ToArray();
                if (chosen.Length > 0)
                {
                    set_num_threads(threads);
                    Run(side, batch, rounds, chosen);
                }
            }
        }
    }

    private static void Run(int side, int batch, int rounds, (string Name, QConfig Config)[] cases)
    {
        manual_seed(1);
        using var scope = NewDisposeScope();
        var (images, labels) = (randn(batch, 3, side, side), randint(0, 1000, [batch]));
        using var net = new ResNet18();
        var real = new TrainedModel("float", net);
        var quantized = cases.Select(c => new TrainedModel(c.Name, Quantized(net, c.Config, images))).ToArray();
        for (var round = 0; round < Warm + rounds; round++)
        {
            real.Step(images, labels);
            foreach (var model in quantized)
            {
                model.Step(images, labels);
            }
        }

        foreach (var model in quantized)
        {
            Console.WriteLine(FormattableString.Invariant(
                $"{model.Name,-48} {Median(real.Clock),9:F0} {Median(model.Clock),8:F0} {Ratio(model.Clock, real.Clock),6:F2} {Ratio(model.Processor, real.Processor),6:F2}"));
        }
    }

    private static nn.Module<Tensor, Tensor> Quantized(ResNet18 net, QConfig config, Tensor images)
    {
        var qat = net.ToQat(config);
        qat.Calibrate([images.clone()]);
        qat.SetState(FakeQuantState.Qat);
        qat.train();
        return qat;
    }

    private static double Ratio(List<double> times, List<double> others) => Median([.. times.Zip(others, static (a, b) => a / b)]);

    private static double Median(List<double> values) => values.Skip(Warm).Order().ElementAt((values.Count - Warm) / 2);
}
