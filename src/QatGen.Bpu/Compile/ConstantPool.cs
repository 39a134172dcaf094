namespace QatGen.Bpu;

/// <summary>The constants of a placed program as one block of bytes, the start of DDR: for each step, the parameters of each range of channels that its tiles compute.</summary>
internal sealed class ConstantPool
{
    private const int Alignment = 64;

    private readonly Dictionary<(int Step, int Channel), int> _addresses = [];

    private readonly Dictionary<int, int> _tensors = [];

    public ConstantPool(StepProgram program, Seq<TileGeometry> geometries, Seq<StepPlacement> steps)
    {
        using var bytes = new MemoryStream();
        foreach (var (tensor, constant) in program.Constants)
        {
            _tensors.Add(tensor, checked((int)bytes.Length));
            var shape = program.Tensors[tensor].Packed;
            var packed = new byte[shape.FrameBytes];
            Mover.Pack(constant.Values.ToArray(), packed, shape.Box(0, 0, 0, shape.Height, 0, shape.Channels));
            bytes.Write(packed);
            Align(bytes);
        }

        for (var i = 0; i < geometries.Count; i++)
        {
            var (geometry, size) = (geometries[i], steps[i].Tiling.Channels);
            for (var channel = 0; channel < geometry.Channels; channel += size)
            {
                var channels = Math.Min(size, geometry.Channels - channel);
                _addresses.Add((i, channel), checked((int)bytes.Length));
                bytes.Write(geometry.Parameters(channel, channels).Build(geometry.Step.Unit is null ? 0 : geometry.InputChannels(channel, channels).Start));
                Align(bytes);
            }
        }

        Bytes = bytes.ToArray();
    }

    public byte[] Bytes { get; }

    /// <summary>Where a constant tensor lies; -1 for any other.</summary>
    public int Tensor(int tensor) => _tensors.TryGetValue(tensor, out var address) ? address : -1;

    public int Address(int step, int channel) => _addresses[(step, channel)];

    private static void Align(MemoryStream bytes)
    {
        bytes.SetLength(Bpu.Tensor.AlignUp(bytes.Length, Alignment));
        bytes.Position = bytes.Length;
    }
}
