using QatGen;
using QatGen.Bpu;
using QatGen.Kernels;
using QatGen.Torch;
using static TorchSharp.torch;

namespace QuickStart;

/// <summary>The whole path: float, calibrated, quantization-aware trained, fixed point, compiled, simulated.</summary>
public static class Application
{
    private const double FloatRate = 0.1;
    private const double QatRate = 0.01;

    public static Result Run(Options options)
    {
        random.manual_seed(options.Seed);
        var (train, test) = FashionMnist.Load(options.Data);
        var trainer = new Trainer(train, test, options.Seed);
        var files = new Checkpoints(options);
        var steps = new Steps();
        var result = new ResultBuilder(steps, test.Count);

        // 1. An ordinary float model, trained as always.
        using var net = new Net();
        steps.Run("Float training", progress => files.FloatOr(files.Float, net, () => trainer.Fit(net, options.FloatEpochs, FloatRate, progress)));
        result.Float = steps.Run("Float test", progress => trainer.Accuracy(Trainer.Classify(net), progress));

        // 2. The generated QAT model takes the float parameters by name; calibration finds the ranges.
        using var qat = net.ToQat();
        Report.Stages(qat);
        steps.Run("Calibration", progress => qat.Calibrate(trainer.CalibrationBatches(options.CalibrationBatches), progress));
        qat.SetState(FakeQuantState.Validation);
        result.Calibrated = steps.Run("Calibrated test", progress => trainer.Accuracy(Trainer.Classify(qat), progress));

        // 3. An ordinary training loop; the forward pass rounds as the hardware will.
        qat.SetState(FakeQuantState.Qat);
        steps.Run("QAT", progress => files.QatOr(qat, () => trainer.Fit(qat, options.QatEpochs, QatRate, progress)));
        qat.SetState(FakeQuantState.Validation);
        result.Qat = steps.Run("QAT test", progress => trainer.Accuracy(Trainer.Classify(qat), progress));

        // 4. Integers only.
        var fixedPoint = steps.Run("Conversion", _ => qat.Convert());
        fixedPoint.Save(files.FixedPoint);
        result.FixedPoint = steps.Run("Fixed-point test", progress => trainer.Accuracy(fixedPoint.Run, progress));

        // 5. A program for the BPU, and the BPU itself.
        var program = steps.Run("BPU compilation", _ => BpuCompiler.Compile(fixedPoint));
        program.Save(files.Program);
        var simulator = new Simulator(program);
        (result.Simulator, result.DifferingValues) = steps.Run("Simulation", progress => Comparison.Run(trainer, qat, fixedPoint, simulator, progress));

        // For comparison: the float model, trained as long as QAT was.
        result.FineTuned = steps.Run("Float fine-tuning", progress =>
        {
            files.FloatOr(files.FineTuned, net, () => trainer.Fit(net, options.QatEpochs, QatRate, progress));
            return trainer.Accuracy(Trainer.Classify(net), static _ => { });
        });
        return Report.Finish(result.Build(files, program.Estimate()));
    }
}
