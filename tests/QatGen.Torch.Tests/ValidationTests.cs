using QatGen.Operators;
using static TorchSharp.torch;

namespace QatGen.Torch.Tests;

/// <summary>In VALIDATION the integers equal the fixed-point program's, element by element.</summary>
public sealed class ValidationTests
{
    public static TheoryData<string, string> Examples
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (var op in Catalogue.All)
            {
                foreach (var example in op.Examples())
                {
                    all.Add(op.Name, example.Name);
                }
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void ValidationIntegers_EveryExample_EqualTheConvertedProgram(string op, string example)
    {
        using var scope = NewDisposeScope();
        var graph = Nets.Of(Catalogue.Get(op).Examples().First(e => e.Name == example));
        var model = Nets.Calibrated(graph);
        var fixedPoint = model.ConvertToFixedPoint();
        for (var i = 0; i < 3; i++)
        {
            // A spread beyond what was calibrated also tests saturation.
            var x = Nets.Batch(graph, 2, 0.5 + i);
            Assert.Equal(NaivePrimitives.Run(fixedPoint, Nets.Quantized(fixedPoint.Signature, x)), model.ValidationIntegers(x).Data.Select(static v => (long)v));
        }
    }

    [Fact]
    public void ValidationIntegers_ResidualNet_EqualTheConvertedProgram()
    {
        using var scope = NewDisposeScope();
        var graph = Nets.Residual();
        var model = Nets.Calibrated(graph);
        var fixedPoint = model.ConvertToFixedPoint();
        var x = Nets.Batch(graph, 8, 1.5);
        Assert.Equal(NaivePrimitives.Run(fixedPoint, Nets.Quantized(fixedPoint.Signature, x)), model.ValidationIntegers(x).Data.Select(static v => (long)v));
    }
}
