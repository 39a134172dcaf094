namespace QatGen.Arithmetic;

/// <summary>
/// An affine map of three channels: y[r] = sum Matrix[3 * r + c] * x[c] + Offset[r]. YUV of RGB, both from 0 to 255, is that of BT.601: Y = 0.299 R + 0.587 G + 0.114 B, U and V the differences
/// of B and R from it, scaled to the swing.
/// </summary>
public sealed record ColourTransform(Seq<double> Matrix, Seq<double> Offset)
{
    /// <summary>What centering takes away from each channel.</summary>
    public const double Centre = 128;

    private const double Red = 0.299;
    private const double Blue = 0.114;
    private const double Green = 1 - Red - Blue;

    /// <summary>(Y, U, V) of (R, G, B).</summary>
    public static ColourTransform RgbToYuv(Swing swing)
    {
        var (luma, chroma, black) = Range(swing);
        var (u, v) = (chroma / (2 * (1 - Blue)), chroma / (2 * (1 - Red)));
        return new(
            new(luma * Red, luma * Green, luma * Blue, -u * Red, -u * Green, u * (1 - Blue), v * (1 - Red), -v * Green, -v * Blue),
            new(black, Centre, Centre));
    }

    /// <summary>(R, G, B) of (Y, U, V), the inverse of <see cref="RgbToYuv"/>.</summary>
    public static ColourTransform YuvToRgb(Swing swing)
    {
        var (luma, chroma, black) = Range(swing);
        var (y, u, v) = (1 / luma, 2 * (1 - Blue) / chroma, 2 * (1 - Red) / chroma);
        var (greenU, greenV) = (-u * Blue / Green, -v * Red / Green);
        return new(new(y, 0, v, y, greenU, greenV, y, u, 0), new(-(y * black) - (v * Centre), -(y * black) - ((greenU + greenV) * Centre), -(y * black) - (u * Centre)));
    }

    /// <summary>The same with its inputs in the opposite order: BGR for RGB.</summary>
    public ColourTransform OfReversed() => this with { Matrix = Picked(Matrix, [2, 1, 0, 5, 4, 3, 8, 7, 6]) };

    /// <summary>The same with its results in the opposite order.</summary>
    public ColourTransform ToReversed() => new(Picked(Matrix, [6, 7, 8, 3, 4, 5, 0, 1, 2]), Picked(Offset, [2, 1, 0]));

    /// <summary>The same of inputs from which <see cref="Centre"/> was taken away.</summary>
    public ColourTransform OfCentered()
    {
        var (matrix, offset) = (Matrix, Offset);
        return this with { Offset = Enumerable.Range(0, 3).Select(r => offset[r] + (Centre * (matrix[3 * r] + matrix[(3 * r) + 1] + matrix[(3 * r) + 2]))).ToSeq() };
    }

    /// <summary>The same with <see cref="Centre"/> taken away from its results.</summary>
    public ColourTransform ToCentered() => this with { Offset = Offset.Select(static o => o - Centre).ToSeq() };

    /// <summary>The same with results (y - mean) / std; each has one number for all channels or three.</summary>
    public ColourTransform Normalized(IReadOnlyList<double> mean, IReadOnlyList<double> std)
    {
        double Of(IReadOnlyList<double> values, int channel) => values[Math.Min(channel, values.Count - 1)];
        return new(Matrix.Select((m, i) => m / Of(std, i / 3)).ToSeq(), Offset.Select((o, r) => (o - Of(mean, r)) / Of(std, r)).ToSeq());
    }

    /// <summary>The factors of Y and of U and V, and black's Y.</summary>
    private static (double Luma, double Chroma, double Black) Range(Swing swing) => swing == Swing.Full ? (1, 1, 0) : (219 / 255.0, 224 / 255.0, 16);

    private static Seq<double> Picked(Seq<double> values, int[] places) => places.Select(p => values[p]).ToSeq();
}
