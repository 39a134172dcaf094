using System.Diagnostics;
using System.Globalization;
using QatGen;
using QatGen.Kernels;
using QatGen.Torch;
using QatGen.Torch.Training;
using static TorchSharp.torch;

namespace Accuracy;

/// <summary>Trains, quantizes and measures one network with one seed. What is measured is not measured again, and trained models are kept in the output folder.</summary>
public sealed class Experiment(Subject subject, ImageSet train, ImageSet test, Options options, int seed)
{
    private const int BatchSize = 128;
    private const int CalibrationBatches = 16;
    private const int TestBatch = 200;

    private readonly Results _results = new(options.ResultsPath);
    private readonly TrainingSet _train = new(train.Count, BatchSize, train.Read);
    private readonly TrainingSet _test = new(test.Count, TestBatch, test.Read);

    private string FloatPath => subject.Checkpoint ?? Named("safetensors");

    /// <summary>Float, float fine-tuned, then each method.</summary>
    public void Run(IEnumerable<Method> methods)
    {
        Measure(Method.Float, Method.FloatBits, () => Float(TrainFloat));
        Measure(Method.FineTuned, Method.FloatBits, () => Float(FineTune));
        foreach (var method in methods)
        {
            Measure(method.Name, method.Bits, () => Quantized(method));
        }
    }

    private void Measure(string method, int bits, Func<(double Top1, double? FixedPoint, long? Differing)> work)
    {
        if (!options.Runs(method, bits) || _results.Find(subject.Name, seed, method, bits) is not null)
        {
            return;
        }

        var clock = Stopwatch.StartNew();
        var (top1, fixedPoint, differing) = work();
        var row = new Measurement(subject.Name, seed, method, bits, top1, fixedPoint, differing, Math.Round(clock.Elapsed.TotalSeconds, 1));
        _results.Append(row);
        Console.WriteLine(row);
    }

    private (double, double?, long?) Float(Action<nn.Module<Tensor, Tensor>> work)
    {
        using var net = Created();
        work(net);
        return (Math.Round(Trainer(net).Evaluate(_test)[Metric.Top1.Name], 2), null, null);
    }

    private void TrainFloat(nn.Module<Tensor, Tensor> net)
    {
        if (!File.Exists(FloatPath))
        {
            Fit(net, subject.Float, Method.Float);
            net.SaveSafetensors(FloatPath);
        }

        Load(net);
    }

    private void FineTune(nn.Module<Tensor, Tensor> net)
    {
        Load(net);
        Fit(net, subject.FineTuning, Method.FineTuned);
    }

    private (double, double?, long?) Quantized(Method method)
    {
        using var net = Created();
        Load(net);
        using var deployed = subject.Deploy(net);
        var qat = subject.ToQat(deployed, method.Config);
        using var module = (nn.Module<Tensor, Tensor>)qat;
        method.Prepare?.Invoke(qat);
        qat.Calibrate(train.Batches(BatchSize, CalibrationBatches));
        if (method.Training is { } training)
        {
            Train(qat, module, $"{training}.{method.Bits.ToString(CultureInfo.InvariantCulture)}");
        }

        module.eval();
        method.Improve?.Invoke(qat, train.Batches(BatchSize, CalibrationBatches));
        qat.SetState(FakeQuantState.Validation);
        return Compare(qat, qat.ConvertToFixedPoint());
    }

    /// <summary>Trains, or reads what an earlier row or run has trained.</summary>
    private void Train(IQatModule qat, nn.Module<Tensor, Tensor> module, string name)
    {
        var path = Named(name + ".qat");
        if (File.Exists(path))
        {
            qat.Load(path);
            return;
        }

        Fit(module, subject.FineTuning, name);
        qat.Save(path);
    }

    /// <summary>Trains; what an earlier run left unfinished goes on behind its last epoch.</summary>
    private void Fit(nn.Module<Tensor, Tensor> model, TrainingRecipe recipe, string name)
    {
        var unfinished = Named(name + ".unfinished");
        Trainer(model, unfinished).Fit(recipe);
        File.Delete(unfinished);
    }

    /// <summary>Top-1 of both on the whole test set, and the number of output integers that differ.</summary>
    private (double, double?, long?) Compare(IQatModule qat, FixedPointModel fixedPoint)
    {
        var (right, rightFixed, differing) = (0, 0, 0L);
        foreach (var numbers in Enumerable.Range(0, test.Count).Chunk(TestBatch))
        {
            using var scope = NewDisposeScope();
            var pixels = test.Pixels(numbers);
            var validation = qat.ValidationIntegers(tensor(pixels, [numbers.Length, test.Channels, test.Side, test.Side]));
            var integers = fixedPoint.Run(fixedPoint.Signature.Quantize(0, pixels, numbers.Length));
            differing += validation.Data.Where((v, i) => v != integers.Data[i]).Count();
            right += Right(validation, numbers);
            rightFixed += Right(integers, numbers);
        }

        return (Percent(right), Percent(rightFixed), differing);
    }

    private int Right(QTensor output, int[] numbers)
    {
        var logits = output.Dequantize();
        var classes = logits.Length / numbers.Length;
        return numbers.Where((n, i) => Enumerable.Range(0, classes).MaxBy(c => logits[(i * classes) + c]) == test.Labels[n]).Count();
    }

    private double Percent(int right) => Math.Round(100.0 * right / test.Count, 2);

    private string Named(string ending) => Path.Combine(options.Output, $"{subject.Name}.{seed.ToString(CultureInfo.InvariantCulture)}.{ending}");

    private nn.Module<Tensor, Tensor> Created()
    {
        random.manual_seed(seed);
        return subject.Create();
    }

    private void Load(nn.Module<Tensor, Tensor> net)
    {
        net.LoadSafetensors(FloatPath);
        net.eval();
    }

    private Trainer Trainer(nn.Module<Tensor, Tensor> model, string? resumePath = null) => new(model, _train, options: new() { Seed = seed, Progress = Progress, ResumePath = resumePath });

    private void Progress(TrainingProgress p)
    {
        if (p.Step * p.Epochs % p.Steps == 0)
        {
            Console.WriteLine(FormattableString.Invariant($"{subject.Name}, seed {seed}: epoch {p.Epoch} of {p.Epochs}, loss {p.Loss:F4}"));
        }
    }
}
