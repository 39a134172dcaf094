namespace ModelZoo;

/// <summary>The size of a YOLO: its layer tables are given for depth and width 1, the nano models take a third of the repeats and a quarter of the channels.</summary>
public sealed record YoloScale(double Depth, double Width)
{
    public static YoloScale Nano { get; } = new(Depth: 0.33, Width: 0.25);

    /// <summary>Channels of a table row at this width, a multiple of 8.</summary>
    public int Channels(int channels) => (int)Math.Ceiling(channels * Width / 8) * 8;

    /// <summary>Repeats of a table row at this depth, at least one.</summary>
    public int Repeats(int repeats) => Math.Max((int)Math.Round(repeats * Depth), 1);
}
