using static QatGen.Kernels.Reference.ReferenceValue;

namespace QatGen.Kernels.Reference;

/// <summary>Runs a model on the scalar reference kernels. Slow, and the judge of every other implementation.</summary>
public static class ReferenceRunner
{
    /// <summary>The outputs for one batch of inputs, NCHW; the batch is that of the first input.</summary>
    public static QTensor[] Run(FixedPointModel model, params QTensor[] inputs)
    {
        Inputs.Check(model.Signature, inputs);
        var values = inputs.Select(static ReferenceValue (t) => new Integers([.. t.Shape], t.DType, t.Data));
        var outputs = model.Forward(new ReferencePrimitives(), [.. model.Constants.Select(static ReferenceValue (c) => new Fixed(c))], [.. values]);
        return [.. outputs.Cast<Integers>().Select((o, i) => new QTensor(o.Shape, o.DType, o.Data, [.. model.Signature.Outputs[i].Scales]))];
    }
}
