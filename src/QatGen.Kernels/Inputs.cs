namespace QatGen.Kernels;

/// <summary>What every way of running a model asks of its inputs.</summary>
internal static class Inputs
{
    /// <summary>Checks number, shape, type and range, and that all inputs have one batch size, which it returns.</summary>
    public static int Check(Signature signature, IReadOnlyList<QTensor> inputs)
    {
        if (inputs.Count != signature.Inputs.Count)
        {
            throw QatGenException.Of(ShapeRules.InputCount, signature.Name, $"{inputs.Count}", $"{signature.Inputs.Count}");
        }

        for (var i = 0; i < inputs.Count; i++)
        {
            signature.Check(i, inputs[i]);
            if (inputs[i].Shape[0] != inputs[0].Shape[0])
            {
                throw QatGenException.Of(ShapeRules.InputShape, signature.Inputs[i].Name, $"[{string.Join(", ", inputs[i].Shape)}]", signature.Inputs[i].WithBatch(inputs[0].Shape[0]).ToString());
            }
        }

        return inputs[0].Shape[0];
    }
}
