namespace QatGen.Bpu;

/// <summary>An input or output in DDR: its first frame, and the bytes from one frame to the next.</summary>
internal sealed record Binding(Region Frame, int FrameBytes)
{
    /// <summary>The place of a tensor at an address.</summary>
    public static Binding At(Tensor tensor, long address) => new(tensor.Box(address, 0, 0, tensor.Height, 0, tensor.Channels), (int)tensor.FrameBytes);

    public Region Of(int frame) => Frame with { Address = Frame.Address + (frame * FrameBytes) };
}

/// <summary>The memories of a program and where its inputs and outputs lie. DDR holds the constants, then the workspace.</summary>
internal sealed record MemoryMap(int Batch, int SramBytes, int WorkspaceBytes, Seq<Binding> Inputs, Seq<Binding> Outputs);

/// <summary>A layer's path and its multiply-accumulates per run.</summary>
internal sealed record ProgramLayer(string Name, long Macs);
