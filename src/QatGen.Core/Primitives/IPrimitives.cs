namespace QatGen.Primitives;

/// <summary>
/// What integer hardware does. An operator states its meaning once in these; printing C#, running kernels, training, recording, checking shapes and limits, and
/// counting cost are implementations. Tensors are NCHW and constants are values too: a primitive reads types, scales and limits from them.
/// </summary>
public interface IPrimitives<T>
{
    /// <summary>Names the layer that the following primitives belong to, for errors and reports.</summary>
    void Layer(string path);

    /// <summary>Convolution with zero padding: the int32 sum of products plus bias. x [N, C, H, W] or as the geometry says, weight [O, C / groups, KH, KW], bias [O].</summary>
    T Conv(T x, T weight, T bias, ConvGeometry geometry);

    /// <summary>A constant tensor as a value; it has no batch.</summary>
    T Constant(T tensor);

    /// <summary>int32 products. Operands broadcast as in PyTorch, but never over the batch: all have it, and only a constant may have fewer dimensions.</summary>
    T Mul(T x, T y);

    /// <summary>int32 products of matrices: x [N, ..., M, K], y [N, ..., K, P]. A constant y may have fewer dimensions, or 1, before its last two.</summary>
    T MatMul(T x, T y);

    /// <summary>
    /// A choice between two values, a comparison, or the whole number beside one value. Operands broadcast as in <see cref="Mul"/>. What is chosen from is rescaled first, each operand in its own lane of the <paramref name="constant"/>;
    /// a comparison is exact on the real values and its constant is a <see cref="CompareConstant"/>, and so is a rounding, to int32 of scale 1, by a <see cref="ScaleConstant"/>.
    /// </summary>
    T Elementwise(ElementwiseKind kind, T[] operands, T constant);

    /// <summary>The sum of terms that broadcast as in <see cref="Mul"/>, each with its own multiplier, rounded, shifted and clamped; or the single term as it is, clamped, where the constant says pass through.</summary>
    T Rescale(T[] terms, T rescale);

    /// <summary>Limits integers and keeps the scale.</summary>
    T Clamp(T x, T limits);

    /// <summary>The largest integer of each window; padding never wins. Keeps the scale.</summary>
    T MaxPool(T x, PoolGeometry geometry);

    /// <summary>The int32 sum of each window; padding adds nothing. <paramref name="count"/> tells what the sum will be divided by.</summary>
    T SumPool(T x, PoolGeometry geometry, AverageCount count);

    /// <summary>The int32 sum, or the largest or smallest integer, along axes, which stay with one element.</summary>
    T Reduce(T x, Reduction reduction);

    /// <summary>Joins tensors along an axis, which counts from the end where it is negative, each rescaled to the common scale with its own multiplier. A constant among them repeats over the batch.</summary>
    T Concat(T[] parts, T rescale, int axis);

    /// <summary>The same integers in another shape. In <paramref name="shape"/> 0 keeps the dimension at its place and -1, once, takes what is left.</summary>
    T Reshape(T x, int[] shape);

    /// <summary>The integers of each frame at other places; what comes from outside of the frame is 0. Keeps the scale.</summary>
    T Move(T x, Movement movement);

    /// <summary>As <see cref="Move(T, Movement)"/>, where what comes from outside of the frame is the integer of <paramref name="fill"/>.</summary>
    T Move(T x, T fill, Movement movement);

    /// <summary>The int32 sum of weighted neighbours of a linear resize of [N, C, L] or [N, C, H, W]: the real value times the denominator of its plan for the shape and type of x.</summary>
    T Resize(T x, ResizeGeometry geometry);

    /// <summary>
    /// The int32 sum of weighted elements of x [N, C, H, W] at the positions of a grid [N, HO, WO, 2], (x, y) in PyTorch's coordinates: the real value times 2^(2 * bits of the constant), or
    /// the nearest element as it is.
    /// </summary>
    T GridSample(T x, T grid, T constant, GridMode mode);

    /// <summary>int32 positions, of scale 1, of the largest or smallest elements of x along an axis, in order.</summary>
    T TopK(T x, Ranking ranking);

    /// <summary>Elements of <paramref name="data"/> at int32 positions along an axis. Keeps type and scale; a position outside is an error.</summary>
    T Gather(T data, T index, Gathering gathering);

    /// <summary>The result of a table for each integer: of 256 entries for int8, of segments for int16. The table says the result's type.</summary>
    T Lut(T x, T table);
}
