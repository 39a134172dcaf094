using QatGen.Primitives;
using static TorchSharp.torch;

namespace QatGen.Torch.Modules;

/// <summary>Positions, and what is read at positions, through libtorch: the same on reals and on integers held in floating point. Positions are held in float64 as other integers are.</summary>
internal static class TorchIndex
{
    /// <summary>The positions of the largest or smallest of x [N, ...]; an axis or count that does not fit is an error that names the layer.</summary>
    public static Tensor TopK(Tensor x, Ranking ranking, string layer)
    {
        var shape = TorchShape.Of(x);
        if (ranking.Output(shape).Count == 0)
        {
            throw QatGenException.Of(ShapeRules.Ranking, layer, $"{ranking.Count}", $"{ranking.Axis}", TorchShape.Text(x));
        }

        using var grad = no_grad();
        var (axis, values) = (ranking.For(shape.Count), x.detach());
        var positions = ranking.Count == 1 ? (ranking.IsSmallest ? values.argmin(axis, true) : values.argmax(axis, true))
            : values.sort(axis, descending: !ranking.IsSmallest, stable: true).Indices.narrow(axis, 0, ranking.Of(shape[axis]));
        return positions.to(ScalarType.Float64);
    }

    /// <summary>The elements at positions; gradients return to where they came from. Shapes that do not fit and positions outside are errors that name the layer.</summary>
    public static Tensor Gather(Tensor data, Tensor index, Gathering gathering, string layer)
    {
        var (from, at) = (TorchShape.Of(data), TorchShape.Of(index));
        var output = gathering.Output(from, at);
        if (output.Count == 0 || !(HasBatch(from) || HasBatch(at)))
        {
            throw QatGenException.Of(ShapeRules.Gathering, layer, TorchShape.Text(index), $"{gathering.Axis}", TorchShape.Text(data));
        }

        var plan = gathering.For(from, at);
        var (batch, frame) = (output[0], plan.Data.Elements());
        var positions = index.detach().reshape(HasBatch(at) ? batch : 1, -1).index_select(1, Elements(plan.Index)).to(ScalarType.Int64);
        Check(positions, plan.Size, layer);
        var elements = (positions * Kept.Of(plan.Step)) + tensor(frame.Select(static e => (long)e).ToArray()).unsqueeze(0);
        var picked = HasBatch(from)
            ? data.reshape(batch, -1).gather(1, elements.expand(batch, frame.Length))
            : data.reshape(-1).index_select(0, elements.reshape(-1));
        return picked.reshape([.. output.Select(static d => (long)d)]);

        // A constant has no batch; one of a single frame is read alike.
        bool HasBatch(Seq<int> shape) => shape.Count == output.Count && shape[0] == output[0];
    }

    private static Tensor Elements(MovePlan plan) => tensor(plan.Elements().Select(static e => (long)e).ToArray());

    private static void Check(Tensor positions, int size, string layer)
    {
        var (low, high) = aminmax(positions);
        var wrong = low.item<long>() < 0 ? low.item<long>() : high.item<long>();
        if (wrong < 0 || wrong >= size)
        {
            throw QatGenException.Of(QuantizationRules.IndexRange, layer, $"{wrong}", $"{size}");
        }
    }
}
