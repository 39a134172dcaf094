using System.Diagnostics;
using QatGen.Bpu;
using QatGen.Kernels;
using QatGen.Torch;
using static TorchSharp.torch;

namespace QuickStart;

/// <summary>The whole path: float, calibrated, quantization-aware trained, fixed point, compiled, simulated.</summary>
public static class Application
{
    private const double FloatRate = 0.1;
    private const double FineTuningRate = 0.01;

    /// <summary>Batch norms are folded before QAT, so the weights carry their gain and take smaller steps.</summary>
    private const double QatRate = 0.002;

    /// <summary>Runs every step and prints what came of it; the result is also the last line, as JSON.</summary>
    public static Result Run(Options options)
    {
        var clock = Stopwatch.StartNew();
        random.manual_seed(options.Seed);
        var (train, test) = FashionMnist.Load(options.Data);
        var trainer = new Trainer(train, test, options.Seed);
        var files = new Checkpoints(options);
        var steps = new Steps();

        // 1. An ordinary float model, trained as always.
        using var net = new Net();
        steps.Run("Float training", progress => files.Float(files.FloatPath, net, () => trainer.Fit(net, options.FloatEpochs, FloatRate, progress)));
        var top1 = steps.Run("Float test", progress => trainer.Accuracy(Trainer.Classify(net), progress));

        // 2. The generated QAT model takes the float parameters by name; calibration finds the ranges.
        using var qat = net.ToQat();
        steps.Run("Calibration", progress => qat.Calibrate(trainer.CalibrationBatches(options.CalibrationBatches), progress));
        qat.SetState(FakeQuantState.Validation);
        var top1Calibrated = steps.Run("Calibrated test", progress => trainer.Accuracy(Trainer.Classify(qat), progress));

        // 3. An ordinary training loop; the forward pass rounds as the hardware will.
        qat.SetState(FakeQuantState.Qat);
        steps.Run("QAT", progress => files.Qat(qat, () => trainer.Fit(qat, options.QatEpochs, QatRate, progress)));
        qat.SetState(FakeQuantState.Validation);
        var top1Qat = steps.Run("QAT test", progress => trainer.Accuracy(Trainer.Classify(qat), progress));

        // 4. Integers only.
        var fixedPoint = steps.Run("Conversion", _ => files.FixedPoint(qat.Convert));
        var top1FixedPoint = steps.Run("Fixed-point test", progress => trainer.Accuracy(fixedPoint.Run, progress));

        // 5. A program for the BPU, and the BPU itself.
        var program = steps.Run("BPU compilation", _ => files.Program(() => BpuCompiler.Compile(fixedPoint)));
        var (top1Simulator, differing) = steps.Run("Simulation", progress => Comparison.Run(trainer, qat, fixedPoint, new Simulator(program), progress));

        // For comparison: the float model, trained on for as long as QAT was.
        steps.Run("Float fine-tuning", progress => files.Float(files.FineTunedPath, net, () => trainer.Fit(net, options.QatEpochs, FineTuningRate, progress)));
        var top1FineTuned = steps.Run("Fine-tuned test", progress => trainer.Accuracy(Trainer.Classify(net), progress));

        Report.Stages(qat, fixedPoint);
        var estimate = program.Estimate();
        var result = new Result(
            top1, top1FineTuned, top1Calibrated, top1Qat, top1FixedPoint, top1Simulator, test.Count, differing,
            estimate.LatencyUs, estimate.FramesPerSecond, estimate.DdrBytesPerFrame, clock.Elapsed.TotalSeconds);
        Report.Finish(result, [
            new("float", top1, Checkpoints.Size(files.FloatPath), steps.Seconds("Float test")),
            new("float, fine-tuned", top1FineTuned, Checkpoints.Size(files.FineTunedPath), steps.Seconds("Fine-tuned test")),
            new("calibrated", top1Calibrated, 0, steps.Seconds("Calibrated test")),
            new("QAT", top1Qat, Checkpoints.Size(files.QatPath), steps.Seconds("QAT test")),
            new("fixed point", top1FixedPoint, Checkpoints.Size(files.FixedPointPath), steps.Seconds("Fixed-point test")),
            new("simulator", top1Simulator, Checkpoints.Size(files.ProgramPath), steps.Seconds("Simulation")),
        ]);
        return result;
    }
}
