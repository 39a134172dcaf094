namespace QatGen;

/// <summary>An input or output of a fixed-point model. The first dimension of <paramref name="Shape"/> is the batch, free at run time; <paramref name="Scales"/> holds one value, or for qint32 one per channel or per element of a frame.</summary>
public sealed record TensorSpec(string Name, Seq<int> Shape, DType DType, Seq<double> Scales)
{
    public Seq<int> WithBatch(int batch) => new([batch, .. Shape.Skip(1)]);

    /// <summary>Elements per frame.</summary>
    public int FrameSize => Shape.Skip(1).Aggregate(1, static (n, d) => n * d);
}

/// <summary>What goes into a fixed-point model and what comes out.</summary>
public sealed record Signature(string Name, March March, Seq<TensorSpec> Inputs, Seq<TensorSpec> Outputs)
{
    /// <summary>Quantizes one frame batch of reals [batch, ...] for an input; NaN is an error that names the input.</summary>
    public QTensor Quantize(int input, float[] values, int batch)
    {
        var spec = Inputs[input];
        if (batch < 1 || values.Length != (long)batch * spec.FrameSize)
        {
            throw QatGenException.Of(ShapeRules.InputShape, spec.Name, $"{batch} x {values.Length / Math.Max(1, batch)} values", spec.WithBatch(batch).ToString());
        }

        var data = new int[values.Length];
        for (var i = 0; i < data.Length; i++)
        {
            data[i] = float.IsNaN(values[i])
                ? throw QatGenException.Of(QuantizationRules.NotANumber, spec.Name, $"input '{spec.Name}'")
                : Arithmetic.Quantization.Quantize(values[i], spec.Scales[0], spec.DType);
        }

        return new(spec.WithBatch(batch), spec.DType, data, spec.Scales[0]);
    }

    /// <summary>Checks shape, type and range of integers for an input.</summary>
    public void Check(int input, QTensor value)
    {
        var spec = Inputs[input];
        if (value.Shape.Count != spec.Shape.Count || value.Shape[0] < 1 || !value.Shape.Skip(1).SequenceEqual(spec.Shape.Skip(1)))
        {
            throw QatGenException.Of(ShapeRules.InputShape, spec.Name, $"[{string.Join(", ", value.Shape)}]", spec.Shape.ToString());
        }

        if (value.DType != spec.DType || Array.Exists(value.Data, v => v < spec.DType.Min() || v > spec.DType.Max()))
        {
            throw QatGenException.Of(ShapeRules.InputType, spec.Name, value.DType.Name(), spec.DType.Name());
        }
    }
}
