using QatGen.Bpu;
using QatGen.Kernels;
using QatGen.Kernels.Reference;
using QatGen.Torch;
using QatGen.Torch.Tests;
using static TorchSharp.torch;

namespace QatGen.Conformance.Samples;

/// <summary>Runs a sample on QAT in VALIDATION, both kernels, and the simulator of every march that takes it.</summary>
internal static class SampleRun
{
    private const int LargestElements = 60_000;

    private static readonly March[] Marches = [March.NashE, .. Enum.GetValues<March>().Where(static m => m != March.NashE)];

    public static Outcome Of(Sample sample)
    {
        if (sample.Example.InputShapes.Any(s => s.Skip(1).Aggregate((long)sample.Batch, static (n, d) => n * d) > LargestElements))
        {
            return new(OutcomeKind.Unfit, 0, "too large");
        }

        using var scope = NewDisposeScope();
        using var grad = no_grad();
        try
        {
            var qat = Calibrated(sample, out var reals);
            var (model, refusal) = Converted(qat);
            return model is null ? new(OutcomeKind.Unfit, 0, refusal) : Compare(qat, model, reals);
        }
        catch (QatGenException e) when (e.Violations.All(static v => v.Rule == QuantizationRules.NoShift || v.Rule == QuantizationRules.Overflow || v.Rule == QuantizationRules.OutOfDomain || v.Rule == QuantizationRules.NotCalibrated))
        {
            return new(OutcomeKind.Refused, 0, e.Message);
        }
        catch (QatGenException e) when (e.Violations.All(static v => v.Rule.Id.StartsWith("QG2", StringComparison.Ordinal) || v.Rule.Id.StartsWith("QG4", StringComparison.Ordinal)))
        {
            return new(OutcomeKind.Unfit, 0, e.Message);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return new(OutcomeKind.Failed, 0, $"{e.GetType().Name}: {e.Message.Split('\n')[0]}");
        }
    }

    private static Outcome Compare(GraphQat qat, FixedPointModel model, Tensor[] reals)
    {
        var inputs = Nets.Quantized(model.Signature, reals);
        var reference = ReferenceRunner.Run(model, inputs)[0].Data;
        var rungs = new List<(string Name, int[] Data)> { ("QAT", qat.ValidationIntegers(reals).Data), ("kernels", model.RunAll(inputs)[0].Data) };
        var program = model.Record();
        foreach (var march in Marches)
        {
            try
            {
                var compiled = BpuCompiler.Compile(program with { Signature = program.Signature with { March = march } });
                rungs.Add(($"simulator of {march}", new Simulator(compiled).Run(inputs).Output.Data));
            }
            catch (QatGenException e) when (march != model.Signature.March && e.Violations.All(static v => v.Rule.Id.StartsWith("QG4", StringComparison.Ordinal)))
            {
                // Another march's limits; those of the model's own were checked when it was converted.
            }
        }

        var different = rungs.FirstOrDefault(r => !r.Data.AsSpan().SequenceEqual(reference));
        return different.Name is null ? new(OutcomeKind.Agreed, reference.Length) : new(OutcomeKind.Failed, reference.Length, Difference(different.Name, different.Data, reference));
    }

    private static string Difference(string rung, int[] data, int[] reference)
    {
        var at = data.AsSpan().CommonPrefixLength(reference);
        return data.Length != reference.Length ? $"{rung} has {data.Length} values, the reference {reference.Length}" : $"{rung}[{at}] = {data[at]}, the reference has {reference[at]}";
    }

    /// <summary>The model with the sample's scales, and the reals of its data.</summary>
    public static GraphQat Calibrated(Sample sample, out Tensor[] reals)
    {
        var random = new Random(sample.Seed);
        var graph = Nets.Of(sample.Example);
        graph = graph with { Inputs = graph.Inputs.Select((g, i) => g.DType == DType.QInt32 || g.IsMask ? g : g with { FixedScale = sample.Scales[i] }).ToSeq() };
        var state = Nets.State(graph).ToDictionary(static p => p.Key, p => Parameter(p.Key, p.Value, sample.ParameterFactor, random));
        var qat = new GraphQat(graph, state, new() { Activation = new() { DType = sample.Output }, Rules = [.. graph.Inputs.Select(i => Selector.Input(i.Name).To(sample.Input))] });
        reals = [.. graph.Inputs.Select((g, i) => g.DType == DType.QInt32 ? Positions(sample, g.Shape, Nets.PositionsOf(graph, i), random) : g.IsMask ? Data(sample, g.Shape, 1, random).gt(0) : Data(sample, g.Shape, sample.Scales[i], random))];
        qat.Calibrate([[.. reals.Select(static x => x.clone())]]);
        if (qat.Model.Nodes.LastOrDefault()?.OutputQuantizer is { } result)
        {
            var scale = Math.Clamp(result.Scale * (float)sample.ResultFactor, Arithmetic.Quantization.SmallestScale, float.MaxValue);
            result.named_buffers().Single(static b => b.name == "scale").buffer.fill_(scale);
        }

        return qat;
    }

    /// <summary>The same; null where the march does not take the types.</summary>
    public static GraphQat? Fitting(Sample sample, out Tensor[] reals)
    {
        try
        {
            return Calibrated(sample, out reals);
        }
        catch (QatGenException e) when (e.Violations.All(static v => v.Rule.Id.StartsWith("QG4", StringComparison.Ordinal)))
        {
            reals = [];
            return null;
        }
    }

    /// <summary>The fixed-point model; else why its march does not take it.</summary>
    public static (FixedPointModel? Model, string Refusal) Converted(GraphQat qat)
    {
        try
        {
            return (qat.ConvertToFixedPoint(), "");
        }
        catch (QatGenException e) when (e.Violations.All(static v => v.Rule.Id.StartsWith("QG4", StringComparison.Ordinal)))
        {
            return (null, e.Message);
        }
    }

    /// <summary>The same numbers for a seed whatever else runs; variances stay positive and counters as they are.</summary>
    private static Tensor Parameter(string name, Tensor like, double factor, Random random)
    {
        if (like.dtype != ScalarType.Float32)
        {
            return like;
        }

        var isVariance = name.EndsWith("running_var", StringComparison.Ordinal);
        var fan = like.dim() > 1 ? Math.Sqrt(like.numel() / (double)like.shape[0]) : 1;
        var values = Enumerable.Range(0, (int)like.numel()).Select(_ => (float)(isVariance ? 0.5 + random.NextDouble() : factor * ((random.NextDouble() * 4) - 2) / fan)).ToArray();
        return where(like.isinf(), like, tensor(values).reshape(like.shape));
    }

    private static Tensor Positions(Sample sample, Seq<int> shape, int count, Random random)
    {
        long[] size = [sample.Batch, .. shape.Skip(1).Select(static d => (long)d)];
        return tensor(Enumerable.Range(0, (int)size.Aggregate(1L, static (n, d) => n * d)).Select(_ => (long)random.Next(count)).ToArray()).reshape(size);
    }

    private static Tensor Data(Sample sample, Seq<int> shape, double scale, Random random)
    {
        long[] size = [sample.Batch, .. shape.Skip(1).Select(static d => (long)d)];
        var (low, high) = (sample.Input.Min(), sample.Input.Max());
        var integers = new int[size.Aggregate(1L, static (n, d) => n * d)];
        for (var i = 0; i < integers.Length; i++)
        {
            integers[i] = sample.Data switch
            {
                DataKind.Even => random.Next(low, high + 1),
                DataKind.Bell => (int)((random.NextDouble() + random.NextDouble() + random.NextDouble() + random.NextDouble() - 2) * high / 2),
                DataKind.Negative => random.Next(low, 0),
                DataKind.Saturated => random.Next(4) switch { 0 => low, 1 => high, _ => random.Next(low, high + 1) },
                _ => 0,
            };
        }

        if (sample.Data == DataKind.Single)
        {
            integers[random.Next(integers.Length)] = random.Next(2) == 0 ? low : high;
        }

        return tensor(integers.Select(q => (float)(q * scale)).ToArray()).reshape(size);
    }
}
