namespace QatGen.Primitives;

/// <summary>
/// A linear resize of the axes behind the channels, one or two, as PyTorch's <c>interpolate</c> says it: their new sizes, or factors whose reciprocal is the step between two results unless
/// <paramref name="Recompute"/> takes the step from the sizes.
/// </summary>
public sealed record ResizeGeometry(Seq<int> Sizes, Seq<double> Factors, bool AlignCorners = false, bool Recompute = false)
{
    private const int LargestLength = 1 << 24;

    /// <summary>The resize of one shape and type; a shape that it does not fit is a <see cref="SamplingException"/>.</summary>
    public ResizePlan For(Seq<int> shape, DType type)
    {
        var axes = Math.Max(Sizes.Count, Factors.Count);
        if (shape.Count is < 3 or > 4 || axes != shape.Count - 2)
        {
            throw new SamplingException($"{axes} sizes or factors are given for its {shape.Count} axes");
        }

        var lines = shape.Skip(2).Select((size, i) => Line(i, size, ResizeLine.LargestDenominator(type, axes))).ToArray();
        return new(new([shape[0], shape[1], .. lines.Select(static l => l.Taps.Count)]), axes == 2 ? lines[0] : ResizeLine.Single, lines[axes - 1]);
    }

    private ResizeLine Line(int axis, int size, int largest)
    {
        var length = Sizes.Count > 0 ? Sizes[axis] : Math.Floor(size * Factors[axis]);
        return length is not (>= 1 and <= LargestLength) ? throw new SamplingException("the result is empty or too large")
            : ResizeLine.Of(size, (int)length, Sizes.Count > 0 || Recompute ? null : Factors[axis], AlignCorners, largest);
    }
}
