using System.Diagnostics;
using QatGen.Torch;
using QatGen.Torch.Improvement;
using static TorchSharp.torch;

namespace QatGen.Benchmarks.Qat;

/// <summary>AdaRound of ResNet18 with 4-bit weights at 224x224 on one thread: what it takes of time and, above what the model and the frames take, of resident memory at most: 1.4 GiB of 192 frames.</summary>
internal static class AdaRoundBenchmark
{
    private const int Side = 224;
    private const int Batch = 8;

    /// <summary>Arguments: the number of frames, and of steps per layer.</summary>
    public static void Run(string[] arguments)
    {
        var frames = arguments.Length > 0 ? int.Parse(arguments[0], System.Globalization.CultureInfo.InvariantCulture) : 64;
        var steps = arguments.Length > 1 ? int.Parse(arguments[1], System.Globalization.CultureInfo.InvariantCulture) : 10;
        manual_seed(1);
        set_num_threads(1);
        using var scope = NewDisposeScope();
        using var net = new ResNet18();
        net.eval();
        using var qat = net.ToQat(new QConfig { Weight = new() { Bits = 4 } });
        Tensor[] Batches() => [.. Enumerable.Range(0, frames / Batch).Select(static _ => randn(Batch, 3, Side, Side))];
        qat.Calibrate([randn(Batch, 3, Side, Side)]);
        var batches = Batches();
        var (before, peak, isDone, watch) = (Environment.WorkingSet, 0L, false, Stopwatch.StartNew());
        var watcher = new Thread(() =>
        {
            while (!Volatile.Read(ref isDone))
            {
                peak = Math.Max(peak, Environment.WorkingSet);
                Thread.Sleep(5);
            }
        });
        watcher.Start();
        var report = qat.AdaRound(batches, new() { Iterations = steps });
        Volatile.Write(ref isDone, true);
        watcher.Join();
        Console.WriteLine(report);
        Console.WriteLine(FormattableString.Invariant($"{frames} frames, {steps} steps: {watch.Elapsed.TotalSeconds:F0} s, {(peak - before) >> 20} MiB above {before >> 20} MiB"));
    }
}
