using System.Diagnostics;
using QatGen.Torch;
using QatGen.Torch.Observers;
using static TorchSharp.torch;

namespace QatGen.Benchmarks.Qat;

/// <summary>
/// Calibration of ResNet18 by each observer over the float model's forward passes on the same ten batches, in turn on one thread: medians of the ratios by the clock and of processor time.
/// On a busy machine, by processor time: 1.02 min_max, 1.04 moving average, 1.09 percentile, 1.18 mix, 1.58 kl, 1.85 mse.
/// </summary>
internal static class CalibrationBenchmark
{
    private const int Side = 64;
    private const int Batch = 32;
    private const int Batches = 10;
    private const int Rounds = 3;

    private static readonly ObserverSettings[] Observers =
    [
        new ObserverSettings.MinMax(), new ObserverSettings.MovingAverage(), new ObserverSettings.Percentile(), new ObserverSettings.Mse(), new ObserverSettings.Kl(), new ObserverSettings.Mix(), new ObserverSettings.ClipStd(),
        new ObserverSettings.Histogram(),
    ];

    public static void Run()
    {
        manual_seed(1);
        set_num_threads(1);
        using var scope = NewDisposeScope();
        using var net = new ResNet18();
        net.eval();
        var data = Enumerable.Range(0, Batches).Select(static _ => randn(Batch, 3, Side, Side)).ToArray();
        Console.WriteLine($"{"ResNet18, " + Batches + " batches of " + Batch,-34} {"forward ms",10} {"calibration ms",15} {"ratio",6} {"CPU",6}");
        foreach (var observer in Observers)
        {
            using var qat = net.ToQat(new QConfig { Activation = new() { Observer = observer } });
            var (real, calibrated) = (new List<(double Clock, double Processor)>(), new List<(double Clock, double Processor)>());
            for (var round = 0; round <= Rounds; round++)
            {
                real.Add(Measure(() => Forward(net, data)));
                var batches = data.Select(static b => b.clone()).ToArray();
                calibrated.Add(Measure(() => qat.Calibrate(batches)));
            }

            double Median(Func<int, double> value) => Enumerable.Range(1, Rounds).Select(value).Order().ElementAt(Rounds / 2);
            Console.WriteLine(FormattableString.Invariant(
                $"{observer,-34} {Median(r => real[r].Clock),10:F0} {Median(r => calibrated[r].Clock),15:F0} {Median(r => calibrated[r].Clock / real[r].Clock),6:F2} {Median(r => calibrated[r].Processor / real[r].Processor),6:F2}"));
        }
    }

    private static void Forward(ResNet18 net, Tensor[] data)
    {
        using var grad = no_grad();
        foreach (var batch in data)
        {
            using var result = net.call(batch);
        }
    }

    private static (double Clock, double Processor) Measure(Action run)
    {
        var (clock, processor) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        run();
        return (clock.Elapsed.TotalMilliseconds, (Environment.CpuUsage.TotalTime - processor).TotalMilliseconds);
    }
}
