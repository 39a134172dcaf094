using QatGen;
using QatGen.Bpu;
using QatGen.Kernels;
using QatGen.Torch;
using static TorchSharp.torch;

namespace QuickStart;

/// <summary>Runs the whole test set through the trained model, the fixed-point program and the simulator, and compares the output layer's integers.</summary>
public static class Comparison
{
    /// <summary>The simulator's top-1 in percent, and the number of integers on which the three do not agree.</summary>
    public static (double Top1, long Differing) Run(Trainer trainer, IQatModule qat, FixedPointModel fixedPoint, Simulator simulator, Action<double> progress)
    {
        long differing = 0;
        var top1 = trainer.Accuracy(
            (pixels, batch) =>
            {
                using var scope = NewDisposeScope();
                var trained = qat.ValidationIntegers(tensor(pixels, [batch, 1, FashionMnist.Side, FashionMnist.Side])).Data;
                var input = fixedPoint.Signature.Quantize(0, pixels, batch);
                var converted = fixedPoint.Run(input).Data;
                var simulated = simulator.Run(input).Output;
                differing += trained.Where((value, i) => value != converted[i] || value != simulated.Data[i]).Count();
                return simulated.Dequantize();
            },
            progress);
        return (top1, differing);
    }
}
