using System.Diagnostics;
using QatGen;
using QatGen.Benchmarks;
using QatGen.Benchmarks.Generator;
using QatGen.Benchmarks.Qat;
using QatGen.Kernels;
using QatGen.Kernels.Reference;

if (args is ["generator"])
{
    GeneratorBenchmark.Run();
    return 0;
}

if (args is ["zoo"])
{
    ZooBenchmark.Run();
    return 0;
}

if (args is ["qat", .. var parts])
{
    QatBenchmark.Run(parts);
    return 0;
}

if (args is ["adaround", .. var amounts])
{
    AdaRoundBenchmark.Run(amounts);
    return 0;
}

if (args is ["calibration"])
{
    CalibrationBenchmark.Run();
    return 0;
}

if (args is ["memory"])
{
    return MemoryBenchmark.Run() ? 0 : 1;
}

// Arguments are parts of the names of the cases to run, or "generator", "zoo", "qat", "calibration", "adaround" or "memory". One thread; fast and reference kernels in one run, so that their ratio does not depend on what else the machine does.
Console.WriteLine($"{"case",-22} {"us/frame",10} {"GOPS",8} {"reference us",13} {"ratio",8} {"arena KiB",10} {"Run(float[])",12}");
foreach (var (name, net, batch) in Cases.All().Where(c => args.Length == 0 || args.Any(a => c.Name.Contains(a, StringComparison.OrdinalIgnoreCase))))
{
    var model = net.Build();
    var session = new InferenceSession(model, batch);
    var random = new Random(2);
    int[] input = [.. Enumerable.Range(0, batch * model.Signature.Inputs[0].FrameSize).Select(_ => random.Next(-128, 128))];
    var output = new int[batch * model.Signature.Outputs[0].FrameSize];

    session.Run(input, output);
    var fast = Median(session.Run, seconds: 1) / batch;
    QTensor[] expected = [];
    var reference = Median(() => expected = ReferenceRunner.Run(model, new QTensor(model.Signature.Inputs[0].WithBatch(batch), DType.QInt8, input, 1)), seconds: 0) / batch;
    if (!expected[0].Data.SequenceEqual(output))
    {
        Console.Error.WriteLine($"{name}: the fast kernels differ from the reference");
        return 1;
    }

    var reals = Array.ConvertAll(input, static v => (float)v);
    model.Run(reals, batch);
    var whole = Median(() => model.Run(reals, batch), seconds: 0.5) / batch;
    var speed = 2 * net.Products / fast / 1e9;
    Console.WriteLine(FormattableString.Invariant($"{name,-22} {fast * 1e6,10:F1} {speed,8:F1} {reference * 1e6,13:F0} {reference / fast,8:F0} {session.ArenaBytes / 1024,10} {whole * 1e6,12:F1}"));
}

return 0;

static double Median(Action run, double seconds)
{
    var times = new List<double>();
    for (var total = Stopwatch.StartNew(); times.Count == 0 || total.Elapsed.TotalSeconds < seconds;)
    {
        var watch = Stopwatch.StartNew();
        run();
        times.Add(watch.Elapsed.TotalSeconds);
    }

    return times.Order().ElementAt(times.Count / 2);
}
