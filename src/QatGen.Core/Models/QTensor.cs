namespace QatGen;

/// <summary>A quantized tensor: integers in NCHW order, widened to int32, with one scale, or for a qint32 output one per channel (axis 1) or per element of a frame.</summary>
public sealed class QTensor
{
    public QTensor(IReadOnlyList<int> shape, DType type, int[] data, params double[] scale)
    {
        if (shape.Aggregate(1L, static (n, d) => n * d) != data.Length)
        {
            throw new ArgumentException($"{data.Length} values do not fill the shape [{string.Join(", ", shape)}].", nameof(data));
        }

        (Shape, DType, Data, Scale) = (shape, type, data, scale);
    }

    public IReadOnlyList<int> Shape { get; }

    public DType DType { get; }

    public int[] Data { get; }

    public IReadOnlyList<double> Scale { get; }

    /// <summary>(float)(q * scale), the product evaluated in double (NUMERICS section 7).</summary>
    public float[] Dequantize()
    {
        // With a scale for each element of a frame each is a channel of its own.
        var perChannel = Scale.Count == Shape.Skip(1).Aggregate(1L, static (n, d) => n * d) ? 1 : Shape.Skip(2).Aggregate(1, static (n, d) => n * d);
        var result = new float[Data.Length];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = (float)(Data[i] * (Scale.Count == 1 ? Scale[0] : Scale[i / perChannel % Scale.Count]));
        }

        return result;
    }
}
