using QatGen.Files;
using QatGen.Kernels.Planning;

namespace QatGen.Kernels;

/// <summary>Saving and running integer models. Running is safe from any number of threads.</summary>
public static class FixedPointModelExtensions
{
    /// <summary>Frames planned at once; a larger batch runs in parts, on all cores.</summary>
    private const int LargestPart = 16;

    /// <summary>Writes the <c>.qgm</c> file that <see cref="FixedPointProgram.Load"/> reads; an existing file is replaced only by a complete one.</summary>
    public static void Save(this FixedPointModel model, string path) => ProgramFormat.Save(model.Record(), path);

    /// <summary>Runs a model of one input; its first output.</summary>
    public static QTensor Run(this FixedPointModel model, QTensor input) => model.RunAll(input)[0];

    /// <summary>Quantizes reals [batch, ...] in NCHW order, runs, and dequantizes the first output.</summary>
    public static float[] Run(this FixedPointModel model, float[] nchw, int batch) => model.Run(model.Signature.Quantize(0, nchw, batch)).Dequantize();

    /// <summary>All outputs for one tensor per input; shape, type and range are checked.</summary>
    public static QTensor[] RunAll(this FixedPointModel model, params QTensor[] inputs)
    {
        var signature = model.Signature;
        var batch = Inputs.Check(signature, inputs);
        var plans = ModelPlans.Of(model);
        if (signature.Outputs.Any(o => (long)batch * o.FrameSize > Array.MaxLength))
        {
            throw QatGenException.Of(ShapeRules.BatchSize, signature.Name, $"{batch}");
        }

        // Here and not in a part, where the error would arrive as one of many.
        plans.Plan(Math.Min(LargestPart, batch));
        var results = signature.Outputs.Select(o => new int[batch * o.FrameSize]).ToArray();
        var parts = (batch + LargestPart - 1) / LargestPart;
        if (parts == 1)
        {
            RunPart(0);
        }
        else
        {
            RunParts();
        }

        return [.. results.Select((data, i) => new QTensor(signature.Outputs[i].WithBatch(batch), signature.Outputs[i].DType, data, [.. signature.Outputs[i].Scales]))];

        void RunParts()
        {
            try
            {
                Parallel.For(0, parts, RunPart);
            }
            catch (AggregateException e) when (e.InnerException is QatGenException first)
            {
                throw first;
            }
        }

        void RunPart(int part)
        {
            var first = part * LargestPart;
            var session = plans.Rent(Math.Min(LargestPart, batch - first));
            for (var i = 0; i < inputs.Length; i++)
            {
                session.SetInput(i, Part(inputs[i].Data, signature.Inputs[i]));
            }

            session.Run();
            for (var i = 0; i < results.Length; i++)
            {
                session.GetOutput(i, Part(results[i], signature.Outputs[i]));
            }

            plans.Return(session);

            Span<int> Part(int[] data, TensorSpec spec) => data.AsSpan(first * spec.FrameSize, session.Batch * spec.FrameSize);
        }
    }
}
