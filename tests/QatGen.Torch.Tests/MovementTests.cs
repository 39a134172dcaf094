using QatGen.Primitives;
using QatGen.Torch.Modules;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace QatGen.Torch.Tests;

/// <summary>Each movement against the function of libtorch that it stands for, on numbered elements.</summary>
public sealed class MovementTests
{
    private static readonly long[][] Maps = [[2, 4, 6, 3], [1, 8, 1, 5], [3, 16, 4, 4]];
    private static readonly long[][] Any = [.. Maps, [2, 5], [2, 4, 7], [1, 3, 2, 4, 2], [2, 2, 1, 3, 2, 4]];

    public static TheoryData<string> Cases => [.. Judged.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Movement_MovesAsLibtorch(string name)
    {
        using var scope = NewDisposeScope();
        var (movement, judge, shapes) = Judged[name];
        foreach (var shape in shapes)
        {
            var x = arange(1, shape.Aggregate(1L, static (n, d) => n * d) + 1, ScalarType.Float32).reshape(shape);
            var (expected, moved) = (judge(x), TorchMove.Run(x, movement, -7, "layer"));
            Assert.Equal(expected.shape, moved.shape);
            Assert.Equal(expected.contiguous().data<float>().ToArray(), moved.contiguous().data<float>().ToArray());
        }
    }

    [Fact]
    public void Gradient_ReturnsToWhereElementsCameFrom()
    {
        using var scope = NewDisposeScope();
        var x = arange(6, ScalarType.Float32).reshape(1, 2, 3).requires_grad_();
        TorchMove.Run(TorchMove.Run(x, new Movement.Slice(2, 1, int.MaxValue, 1), 0, "layer"), new Movement.ConstantPad(new(2, 0)), 5, "layer").sum().backward();
        Assert.Equal([0f, 1, 1, 0, 1, 1], x.grad!.data<float>().ToArray());
    }

    public static TheoryData<Movement, string> Misfits => new()
    {
        { new Movement.Transpose(0, 1), "the batch axis would move" },
        { new Movement.Permute(new(1, 0, 2, 3)), "the batch axis would move" },
        { new Movement.Permute(new(0, 1, 1, 3)), "each axis must be named once" },
        { new Movement.Slice(1, 3, 2, 1), "nothing is left" },
        { new Movement.Slice(1, 0, 2, -1), "steps go forward" },
        { new Movement.Slice(7), "there is no axis 7" },
        { new Movement.Select(1, 4), "axis 1 has no element 4" },
        { new Movement.Section(1, 3, 2, false), "axis 1 has no part 2" },
        { new Movement.Pieces(1, 3, 2), "axis 1 has no part 2" },
        { new Movement.Pieces(1, 0, 0), "there are no pieces of 0" },
        { new Movement.Split(1, new(1, 2), 0), "axis 1 has 4 elements, which is not the sum of the sizes" },
        { new Movement.Split(1, new(1, 3), 2), "axis 1 has no part 2" },
        { new Movement.Nearest(new(3), 0, 0, 0, false), "there must be a size or a factor for each axis behind the channels" },
        { new Movement.Nearest(new(), 0, 0, 2, false), "there must be a size or a factor for each axis behind the channels" },
        { new Movement.ReflectPad(new(3, 0)), "axis 3 has too few elements for a padding of 3 and 0" },
        { new Movement.ConstantPad(new(1, 1, 1, 1, 1, 1, 1, 1)), "the amounts are pairs, of the last axes and not of the batch" },
        { new Movement.Repeat(new(2, 1, 1, 1)), "the counts are positive and repeat no frames" },
        { new Movement.Repeat(new(1 << 20, 1 << 20)), "the result is too large" },
        { new Movement.Expand(new(-1, 8, -1, -1)), "axis 1 has 4 elements and cannot have 8" },
        { new Movement.Divide(1, new(3, -1)), "axis 1 has 4 elements, which is not the product of the sizes" },
        { new Movement.PixelShuffle(4), "the channels of a map must divide by 4 x 4" },
        { new Movement.PixelUnshuffle(4), "the height and width of a map must divide by 4" },
        { new Movement.ChannelShuffle(3), "the channels must divide by 3" },
        { new Movement.Merge(3, 2), "the last axis comes before the first" },
        { new Movement.Spread(new(2)), "there must be a step for each axis behind the channels" },
    };

    [Theory]
    [MemberData(nameof(Misfits))]
    public void Misfit_NamesTheLayerAndTheReason(Movement movement, string reason)
    {
        using var scope = NewDisposeScope();
        var violation = Assert.Throws<QatGenException>(() => TorchMove.Run(zeros(2, 4, 6, 3), movement, 0, "up.shuffle")).Violations[0];
        Assert.Equal((ShapeRules.Movement, "up.shuffle", reason), (violation.Rule, violation.Layer, violation.Arguments[1]));
    }

    private static Dictionary<string, (Movement Movement, Func<Tensor, Tensor> Judge, long[][] Shapes)> Judged { get; } = new()
    {
        ["transpose"] = (new Movement.Transpose(1, -1), static x => x.transpose(1, -1), Any),
        ["permute"] = (new Movement.Permute(new(0, 2, -1, 1)), static x => x.permute(0, 2, -1, 1), Maps),
        ["move axis back"] = (new Movement.MoveAxis(1, -1), static x => movedim(x, 1L, -1L), Any),
        ["move axis forward"] = (new Movement.MoveAxis(-1, 1), static x => movedim(x, -1L, 1L), Any),
        ["slice"] = (new Movement.Slice(1, 1, -1, 2), static x => x[.., TensorIndex.Slice(1, -1, 2)], Maps),
        ["slice from the end"] = (new Movement.Slice(-1, -3, int.MaxValue, 1), static x => x.narrow(-1, Math.Max(0, x.shape[^1] - 3), Math.Min(3, x.shape[^1])), Any),
        ["select"] = (new Movement.Select(1, -2), static x => x.select(1, -2), [.. Maps, [2, 4, 7]]),
        ["chunk"] = (new Movement.Section(1, 3, 1, false), static x => x.chunk(3, 1)[1], Any.Where(static s => s[1] > 2).ToArray()),
        ["last chunk"] = (new Movement.Section(-1, 3, -1, false), static x => x.chunk(3, -1)[^1], Any),
        ["tensor_split"] = (new Movement.Section(1, 3, 2, true), static x => x.tensor_split(3, 1)[2], Any.Where(static s => s[1] > 2).ToArray()),
        ["split"] = (new Movement.Pieces(-1, 2, 1), static x => x.split(2, -1)[1], Any.Where(static s => s[^1] > 2).ToArray()),
        ["last of split"] = (new Movement.Pieces(1, 3, -1), static x => x.split(3, 1)[^1], Any),
        ["split in sizes"] = (new Movement.Split(1, new(1, 3), 1), static x => x.split([1, 3], 1)[1], Any.Where(static s => s[1] == 4).ToArray()),
        ["nearest by factors"] = (new Movement.Nearest(new(), 0, 1.7, 0.6, false), static x => F.interpolate(x, scale_factor: [1.7, 0.6]), [[2, 4, 6, 3], [1, 8, 7, 9], [1, 2, 33, 41]]),
        ["nearest recomputed"] = (new Movement.Nearest(new(), 0, 1.7, 0.6, true), static x => F.interpolate(x, scale_factor: [1.7, 0.6], recompute_scale_factor: true), [[2, 4, 6, 3], [1, 8, 7, 9], [1, 2, 33, 41]]),
        ["nearest to sizes"] = (new Movement.Nearest(new(14, 37), 0, 0, 0, false), static x => F.interpolate(x, size: [14, 37]), [.. Maps, [1, 2, 7, 37], [1, 1, 28, 111]]),
        ["nearest of lines"] = (new Movement.Nearest(new(), 0, 0, 2.3, false), static x => F.interpolate(x, scale_factor: [2.3]), [[2, 4, 7], [1, 3, 30]]),
        ["nearest of volumes"] = (new Movement.Nearest(new(), 2, 3, 1.1, false), static x => F.interpolate(x, scale_factor: [2, 3, 1.1]), [[1, 3, 2, 4, 22]]),
        ["zero pad"] = (new Movement.ConstantPad(new(1, 2, 0, 3)), static x => F.pad(x, [1, 2, 0, 3], PaddingModes.Constant, -7), Maps),
        ["crop"] = (new Movement.ConstantPad(new(-1, 2, 0, 0, 3, -2)), static x => F.pad(x, [-1, 2, 0, 0, 3, -2], PaddingModes.Constant, -7), Maps),
        ["replicate"] = (new Movement.ReplicatePad(new(4, 1, 2, 7)), static x => F.pad(x, [4, 1, 2, 7], PaddingModes.Replicate), Maps),
        ["reflect"] = (new Movement.ReflectPad(new(2, 1, 0, 3)), static x => F.pad(x, [2, 1, 0, 3], PaddingModes.Reflect), [[2, 4, 6, 3], [3, 16, 4, 4]]),
        ["circular"] = (new Movement.CircularPad(new(3, 1, 1, 1)), static x => F.pad(x, [3, 1, 1, 1], PaddingModes.Circular), Maps),
        ["repeat"] = (new Movement.Repeat(new(1, 3, 1, 2)), static x => x.repeat(1, 3, 1, 2), Maps),
        ["tile"] = (new Movement.Repeat(new(3)), static x => x.tile([3]), Any),
        ["repeat_interleave"] = (new Movement.RepeatInterleave(-1, 3), static x => x.repeat_interleave(3, -1), Any),
        ["expand"] = (new Movement.Expand(new(-1, -1, 3, -1)), static x => x.expand(-1, -1, 3, -1), [[2, 4, 1, 3], [2, 4, 3, 1]]),
        ["flip"] = (new Movement.Flip(new(1, -1)), static x => x.flip(1, -1), [.. Maps, [2, 4, 7]]),
        ["roll"] = (new Movement.Roll(-1, 4), static x => x.roll(4, -1), Any),
        ["roll back"] = (new Movement.Roll(1, -5), static x => x.roll(-5, 1), Any),
        ["unsqueeze"] = (new Movement.Unsqueeze(-1), static x => x.unsqueeze(-1), Any.Where(static s => s.Length < 6).ToArray()),
        ["squeeze"] = (new Movement.Squeeze(2), static x => x.squeeze(2), Maps),
        ["flatten"] = (new Movement.Merge(1, -2), static x => x.flatten(1, -2), [.. Maps, [2, 4, 7]]),
        ["unflatten"] = (new Movement.Divide(1, new(2, -1)), static x => x.unflatten(1, [2L, -1]), Maps),
        ["pixel_shuffle"] = (new Movement.PixelShuffle(2), static x => F.pixel_shuffle(x, 2), Maps),
        ["pixel_unshuffle"] = (new Movement.PixelUnshuffle(3), static x => F.pixel_unshuffle(x, 3), [[2, 4, 6, 3]]),
        ["channel_shuffle"] = (new Movement.ChannelShuffle(4), static x => x.channel_shuffle(4), Maps),
        ["spread"] = (new Movement.Spread(new(2, 3)), static x => Spread(x), Maps),
    };

    private static Tensor Spread(Tensor x)
    {
        var spread = full([x.shape[0], x.shape[1], (2 * x.shape[2]) - 1, (3 * x.shape[3]) - 2], -7f);
        spread[.., .., TensorIndex.Slice(step: 2), TensorIndex.Slice(step: 3)] = x;
        return spread;
    }
}
