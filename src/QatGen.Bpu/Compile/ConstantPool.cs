namespace QatGen.Bpu;

/// <summary>The constants of a placed program as one block of bytes, the start of DDR: for each step, the parameters of each range of channels that its tiles compute.</summary>
internal sealed class ConstantPool
{
    private const int Align = 64;

    private readonly Dictionary<(int Step, int Channel), int> _addresses = [];

    public ConstantPool(Seq<TileGeometry> geometries, Seq<StepPlacement> steps)
    {
        using var bytes = new MemoryStream();
        for (var i = 0; i < geometries.Count; i++)
        {
            var (geometry, size) = (geometries[i], steps[i].Tiling.Channels);
            for (var channel = 0; channel < geometry.Channels; channel += size)
            {
                var channels = Math.Min(size, geometry.Channels - channel);
                _addresses.Add((i, channel), checked((int)bytes.Length));
                bytes.Write(geometry.Parameters(channel, channels).Build(geometry.Step.Unit is null ? 0 : geometry.InputChannels(channel, channels).Start));
                bytes.SetLength(Tensor.AlignUp(bytes.Length, Align));
                bytes.Position = bytes.Length;
            }
        }

        Bytes = bytes.ToArray();
    }

    public byte[] Bytes { get; }

    public int Address(int step, int channel) => _addresses[(step, channel)];
}
