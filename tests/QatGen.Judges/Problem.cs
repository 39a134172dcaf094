using QatGen.Bpu;
using QatGen.Graphs;
using QatGen.Kernels;
using QatGen.Kernels.Reference;
using QatGen.Torch;
using static TorchSharp.torch;

namespace QatGen.Judges;

/// <summary>
/// One operator call on given integers, scales and weights. Our answer is the model of one node, which QAT in VALIDATION, both kernels and the simulator must give alike;
/// <paramref name="Real"/> computes the same in float64 from the reals of inputs, weights and bias, for the tie window.
/// </summary>
internal sealed record Problem(string Name, Node Node, IReadOnlyList<Operand> Inputs, double Scale, Func<Tensor[], Tensor> Real)
{
    private const string Path = "judged";

    public Weights? Weights { get; init; }

    /// <summary>The type of the result before the judge's zero point is added; qint32 is the accumulator itself.</summary>
    public DType DType { get; init; }

    public March March { get; init; } = March.NashE;

    /// <summary>The values before rounding, in steps of the result.</summary>
    public Exact Exact()
    {
        using var scope = NewDisposeScope();
        return Weights is not { } w ? Judges.Exact.Of(Steps()) : new(Steps(w.Real, w.RoundedBias(Inputs[0].Scale)), Steps(w.Real, tensor(w.Bias, ScalarType.Float64)));
    }

    /// <summary>The integers that all four rungs give.</summary>
    public int[] Solve()
    {
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        var graph = new Graph("Judges", "Judged", March, Inputs.Select(static (x, i) => new GraphInput($"x{i}", new(x.Shape), x.Scale)).ToSeq(),
            new(Node with { Path = Path, Output = DType == DType.QInt32 ? OutputKind.HighPrecision : Node.Output, Inputs = Enumerable.Range(0, Inputs.Count).ToSeq() }), new(Inputs.Count));
        var config = new QConfig { Activation = new() { DType = DType == DType.QInt32 ? DType.QInt8 : DType }, Rules = [.. Inputs.Select(static (x, i) => Selector.Input($"x{i}").To(x.DType))] };
        var qat = new GraphQat(graph, State(), config);
        var reals = Inputs.Select(static x => x.Real.to(ScalarType.Float32)).ToArray();
        Fix(qat, reals);

        var model = qat.ConvertToFixedPoint();
        var inputs = Inputs.Select(static x => new QTensor(x.Shape, x.DType, x.Data, x.Scale)).ToArray();
        var reference = ReferenceRunner.Run(model, inputs)[0].Data;
        Assert.Equal(reference, qat.ValidationIntegers(reals).Data);
        Assert.Equal(reference, model.RunAll(inputs)[0].Data);
        Assert.Equal(reference, new Simulator(BpuCompiler.Compile(model)).Run(inputs).Output.Data);
        return reference;
    }

    private double[] Steps(params Tensor[] parameters) => (Real([.. Inputs.Select(static i => i.Real), .. parameters]) / Scale).contiguous().data<double>().ToArray();

    private Dictionary<string, Tensor> State() => Weights is not { } w ? [] : new()
    {
        [Path + ".weight"] = w.Real.to(ScalarType.Float32),
        [Path + ".bias"] = tensor(w.Bias),
    };

    /// <summary>Gives the quantizers the judge's scales; those of weights are frozen after the first pass in VALIDATION.</summary>
    private void Fix(GraphQat qat, Tensor[] reals)
    {
        var node = qat.Model.Nodes[0];
        Set(node.OutputQuantizer, Scale);
        qat.SetState(FakeQuantState.Validation);
        if (Weights is not null)
        {
            qat.ValidationIntegers(reals);
            Set(node.WeightQuantizer, Weights.Scales);
        }
    }

    private static void Set(nn.Module? quantizer, params double[] scales) =>
        quantizer?.named_buffers().Single(static b => b.name == "scale").buffer.copy_(tensor(scales, ScalarType.Float32));
}
