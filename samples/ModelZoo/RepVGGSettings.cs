namespace ModelZoo;

/// <summary>Blocks per stage 1..4 and the multipliers of the channels: <paramref name="A"/> of all stages but the last, <paramref name="B"/> of the last.</summary>
public sealed record RepVGGSettings(IReadOnlyList<int> Blocks, double A, double B)
{
    /// <summary>Channels of stages 0..4.</summary>
    public IReadOnlyList<int> Widths =>
        [Math.Min(64, Scale(64, A)), .. new[] { 64, 128, 256 }.Select(w => Scale(w, A)), Scale(512, B)];

    private static int Scale(int width, double multiplier) => (int)(width * multiplier);
}
