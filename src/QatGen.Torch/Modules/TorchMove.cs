using QatGen.Primitives;
using static TorchSharp.torch;

namespace QatGen.Torch.Modules;

/// <summary>Movements through libtorch: elements selected from flattened frames, so that the gradient returns to where they came from; what fills has none.</summary>
internal static class TorchMove
{
    /// <summary>Moves x [N, ...]; a movement that does not fit is an error that names the layer.</summary>
    public static Tensor Run(Tensor x, Movement movement, double fill, string layer)
    {
        try
        {
            var shape = x.shape.Select(static d => (int)d).ToSeq();
            var plan = movement.For(shape);
            long[] output = [x.shape[0], .. plan.Output.Skip(1).Select(static d => (long)d)];
            return plan.IsReshape(shape) ? x.reshape(output) : Select(x, plan, fill).reshape(output);
        }
        catch (MovementException e)
        {
            throw QatGenException.Of(ShapeRules.Movement, layer, TorchShape.Text(x), e.Message);
        }
    }

    private static Tensor Select(Tensor x, MovePlan plan, double fill)
    {
        var elements = tensor(plan.Elements().Select(static e => (long)e).ToArray(), device: x.device);
        var frames = x.reshape(x.shape[0], -1);
        if (!plan.Offsets.Any(static o => o.Contains(MovePlan.Outside)))
        {
            return frames.index_select(1, elements);
        }

        var moved = frames.index_select(1, elements.clamp_min(Kept.Of(0)));
        return moved.masked_fill(elements.lt(Kept.Of(0)).unsqueeze(0), Kept.Of(fill));
    }
}
