using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>A factor or a number of groups decides where everything goes.</summary>
internal abstract class ShuffleOperator(string name, string argument, Func<int, Movement> movement, Node example, params Form[] forms) : MovementOperator(name, forms)
{
    protected override Seq<string> Axes => Seq<string>.Empty;

    public override Seq<string> Structural => new(argument);

    protected override IEnumerable<Movement> Movements(Node node) => [movement((int)node.Integer(argument, 1))];

    public override IEnumerable<Example> Examples()
    {
        yield return Example.Of("module", example, [2, 12, 4, 6]);
        yield return Example.Of("wide", example, [1, 36, 2, 8]);
    }
}

/// <summary>Channels become the pixels of larger maps.</summary>
internal sealed class PixelShuffle() : ShuffleOperator(
    "PixelShuffle",
    "upscale_factor",
    static r => new Movement.PixelShuffle(r),
    new("PixelShuffle", "up", new(FormKind.Module, "PixelShuffle"), new(0), new() { ["upscale_factor"] = 2 }),
    new(FormKind.Module, "PixelShuffle"),
    new(FormKind.Functional, "pixel_shuffle"));

/// <summary>Blocks of pixels become channels.</summary>
internal sealed class PixelUnshuffle() : ShuffleOperator(
    "PixelUnshuffle",
    "downscale_factor",
    static r => new Movement.PixelUnshuffle(r),
    new("PixelUnshuffle", "down", new(FormKind.Module, "PixelUnshuffle"), new(0), new() { ["downscale_factor"] = 2 }),
    new(FormKind.Module, "PixelUnshuffle"),
    new(FormKind.Functional, "pixel_unshuffle"));

/// <summary>Channels of all groups one after another.</summary>
internal sealed class ChannelShuffle() : ShuffleOperator(
    "ChannelShuffle",
    "groups",
    static g => new Movement.ChannelShuffle(g),
    new("ChannelShuffle", "shuffle", new(FormKind.Module, "ChannelShuffle"), new(0), new() { ["groups"] = 3 }),
    new(FormKind.Module, "ChannelShuffle"),
    new(FormKind.Method, "channel_shuffle"));
