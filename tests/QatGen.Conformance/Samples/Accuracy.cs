using System.Globalization;
using System.Text;
using QatGen.Operators;
using QatGen.Primitives;
using QatGen.Torch;
using static TorchSharp.torch;

namespace QatGen.Conformance.Samples;

/// <summary>
/// How far an operator's integers are from its float call on what the integers of inputs and parameters stand for, in steps of the result, over its examples. A composite's own parameters are taken as they are,
/// since they are rounded between its parts.
/// </summary>
internal sealed record Accuracy(string Operator, DType Input, DType Output, int Cases, int Values, double Largest, double Mean, double Allowed)
{
    private const double HalfStep = 0.5;

    /// <summary>Null where the march takes no example in these types, or all results are sums that are not rounded at all.</summary>
    public static Accuracy? Measure(Operator op, DType input, DType output)
    {
        var (cases, errors, allowed) = (0, new List<double>(), 0.0);
        foreach (var example in op.Examples())
        {
            using var scope = NewDisposeScope();
            using var grad = no_grad();
            var scale = input == DType.QInt8 ? 1 / 32.0 : 1 / 8192.0;
            var sample = new Sample(example, 2, input, output, example.InputShapes.Select(_ => scale).ToSeq(), 1, 1, DataKind.Bell, 1);
            if (SampleRun.Fitting(sample, out var reals) is not { } qat || SampleRun.Converted(qat).Model is not { } model)
            {
                continue;
            }

            var integers = qat.ValidationIntegers(reals);
            if (integers.DType == DType.QInt32)
            {
                continue;
            }

            var step = integers.Scale[0];
            var real = Real(qat, reals);
            errors.AddRange(real.Select((v, i) => Math.Abs(Math.Clamp(v / step, integers.DType.Min(), integers.DType.Max()) - integers.Data[i])));
            allowed = Math.Max(allowed, Stated(op, example, model, integers));
            cases++;
        }

        return cases == 0 ? null : new(op.Name, input, output, cases, errors.Count, errors.Max(), errors.Average(), allowed);
    }

    /// <summary>What the operator states for a composite; else half a step, the rounding of its numbers, and what the example says of its own.</summary>
    private static double Stated(Operator op, Example example, FixedPointModel model, QTensor result)
    {
        if (op.IsComposite(example.Nodes[example.Nodes.Count - 1]))
        {
            return result.DType == DType.QInt8 ? op.CompositeSteps.Int8 : op.CompositeSteps.Int16;
        }

        var numbers = model.Constants.OfType<TensorConstant>().Where(c => c.DType == DType.QInt32 && op.IndexOperand < 0).Sum(static c => HalfStep * c.Scale);
        return HalfStep + (numbers / result.Scale[0]) + example.Deviation(result.DType);
    }

    public static string Page(IEnumerable<Accuracy> rows)
    {
        var page = new StringBuilder("# Accuracy\n\nWritten by `tests/QatGen.Conformance` (`QATGEN_ACCEPT=1 dotnet test tests/QatGen.Conformance --filter AccuracyTests`).\n\n");
        page.Append("Each operator's integers against its float call on the reals that the integers of inputs, weights and biases stand for, over all of its examples, in steps of the result.\n");
        page.Append("Rounding to the nearest step costs at most half of one and a quarter on average (NUMERICS section 5); what moves integers costs nothing. *Allowed* adds a number's own rounding to a step of the tensor beside it, what an example says of its own rounding (positions of a grid), and of a composite what it states for its parts; its own parameters count as they are, not rounded. Divisors of Div can be 0 here. int32 sums are exact and not listed.\n\n");
        page.Append("| operator | input | output | cases | values | largest error | mean error | allowed |\n|---|---|---|---|---|---|---|---|\n");
        foreach (var r in rows)
        {
            page.Append(CultureInfo.InvariantCulture, $"| {r.Operator} | {r.Input.Name()} | {r.Output.Name()} | {r.Cases} | {r.Values} | {r.Largest:F2} | {r.Mean:F2} | {r.Allowed:F2} |\n");
        }

        return page.ToString();
    }

    /// <summary>The float call; afterwards the model's parameters are what their integers stand for.</summary>
    private static double[] Real(GraphQat qat, Tensor[] reals)
    {
        foreach (var node in Ladder.IsRoundedOnce(qat.Model.Nodes.Select(static n => n.Node)) ? qat.Model.Nodes : [])
        {
            if (node.WeightQuantizer is { } quantizer)
            {
                var (biases, weights, scales) = (quantizer.BiasConstant(node.Bias!).Values, quantizer.WeightConstant(node.Weight!).Values, quantizer.Scales);
                var inputScale = qat.Model.Inputs[0].Quantizer.Scale;
                node.Bias!.copy_(tensor(biases.Select((q, c) => (float)(q * ((double)inputScale * scales[c]))).ToArray()));
                node.Weight!.copy_(tensor(weights.Select((q, i) => q * scales[i / (weights.Count / scales.Length)]).ToArray()).reshape(node.Weight!.shape));
            }

            if (node.TensorQuantizer is { } own)
            {
                var constant = own.Constant(node.Value!);
                node.Value!.copy_(tensor(constant.Values.Select(q => (float)(q * constant.Scale)).ToArray()).reshape(node.Value!.shape));
            }
        }

        qat.SetState(FakeQuantState.Float);
        return [.. ((QatValue.Activation)qat.Model.Run(reals)[0]).Data.to(ScalarType.Float64).contiguous().data<double>()];
    }
}
