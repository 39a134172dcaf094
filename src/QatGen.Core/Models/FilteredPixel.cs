namespace QatGen;

/// <summary>
/// A pixel that a Filter layer lets through: the largest of its scores and which of the compared channels has it, where it is, and the channels of each map there.
/// </summary>
public sealed record FilteredPixel(float MaxValue, int MaxIndex, int Row, int Column, Seq<Seq<float>> Data)
{
    private const int DataStart = 3;

    /// <summary>
    /// Of each frame, the pixels whose value is at least <paramref name="threshold"/>, the best first. <paramref name="results"/> are the layer's real results, for a program those of <see cref="QTensor.Dequantize"/>:
    /// values, channels and places [frames, capacity], then of each map [frames, capacity, C]; <paramref name="width"/> is that of the maps. As many pixels as the layer's capacity may mean that there were more.
    /// </summary>
    public static Seq<Seq<FilteredPixel>> Read(IReadOnlyList<float[]> results, int frames, int width, double threshold)
    {
        var rows = results.Count > DataStart ? results[0].Length : 0;
        if (frames < 1 || width < 1 || rows == 0 || rows % frames != 0 || results[1].Length != rows || results[2].Length != rows || results.Skip(DataStart).Any(d => d.Length == 0 || d.Length % rows != 0))
        {
            throw new ArgumentException(
                $"Results of {string.Join(", ", results.Select(static r => r.Length))} elements are none of a Filter layer for {frames} frames of maps {width} wide: give all of its results, and no others.", nameof(results));
        }

        return Enumerable.Range(0, frames).Select(frame => Enumerable.Range(frame * (rows / frames), rows / frames).Where(row => results[0][row] >= threshold).Select(Of).ToSeq()).ToSeq();

        FilteredPixel Of(int row) => new(
            results[0][row], (int)results[1][row], (int)results[2][row] / width, (int)results[2][row] % width,
            results.Skip(DataStart).Select(d => new ArraySegment<float>(d, row * (d.Length / rows), d.Length / rows).ToSeq()).ToSeq());
    }
}
