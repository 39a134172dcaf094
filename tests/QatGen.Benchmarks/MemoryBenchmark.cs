using System.Diagnostics;
using QatGen.Torch;
using QuickStart;
using static TorchSharp.torch;

namespace QatGen.Benchmarks;

/// <summary>
/// A thousand QAT steps of QuickStart's network in an ordinary loop, in each batch norm mode: resident memory must not grow by 5 % after the fiftieth step, nor the number of tensors at all. Single steps vary,
/// as those of float training do, with what the allocator holds back; so the means of a hundred steps are compared.
/// </summary>
internal static class MemoryBenchmark
{
    private const int Steps = 1000;
    private const int Warm = 50;
    private const int Window = 100;
    private const int Batch = 32;
    private const double Limit = 0.05;

    /// <summary>Whether memory stayed flat.</summary>
    public static bool Run()
    {
        set_num_threads(1);
        Console.WriteLine($"{"batch norms",-20} {"MB at first",12} {"at last",8} {"largest",9} {"growth %",9} {"tensors",8} {"ms a step",10}");
        return Enum.GetValues<BatchNormMode>().Select(Run).ToArray().All(static isFlat => isFlat);
    }

    private static bool Run(BatchNormMode mode)
    {
        manual_seed(1);
        using var net = new Net();
        using var qat = net.ToQat(new QConfig { BatchNormMode = mode });
        qat.Calibrate([randn(Batch, 1, FashionMnist.Side, FashionMnist.Side)]);
        qat.SetState(FakeQuantState.Qat);
        qat.train();
        using var optimizer = optim.SGD(qat.parameters(), 0.002, momentum: 0.9);
        var (clock, memory, tensors) = (Stopwatch.StartNew(), new double[Steps + 1], new long[Steps + 1]);
        for (var step = 1; step <= Steps; step++)
        {
            using (NewDisposeScope())
            {
                optimizer.zero_grad();
                nn.functional.cross_entropy(qat.call(randn(Batch, 1, FashionMnist.Side, FashionMnist.Side)), randint(0, 10, [Batch])).backward();
                optimizer.step();
            }

            using var process = Process.GetCurrentProcess();
            (memory[step], tensors[step]) = (process.WorkingSet64 / 1e6, Tensor.TotalCount);
        }

        var (first, last) = (memory[(Warm + 1)..(Warm + Window + 1)].Average(), memory[^Window..].Average());
        var growth = (last / first) - 1;
        Console.WriteLine(FormattableString.Invariant(
            $"{mode,-20} {first,12:F0} {last,8:F0} {memory[Warm..].Max(),9:F0} {100 * growth,9:F1} {tensors[Steps] - tensors[Warm],8:+0;-0;0} {clock.Elapsed.TotalMilliseconds / Steps,10:F0}"));
        return growth < Limit && tensors[Steps] == tensors[Warm];
    }
}
