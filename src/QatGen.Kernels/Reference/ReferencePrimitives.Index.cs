using QatGen.Primitives;
using static QatGen.Kernels.Reference.ReferenceValue;

namespace QatGen.Kernels.Reference;

/// <summary>Positions, and what is read at positions.</summary>
internal sealed partial class ReferencePrimitives
{
    public ReferenceValue TopK(ReferenceValue x, Ranking ranking)
    {
        var input = (Integers)x;
        var result = new Integers([.. ranking.Output(new(input.Shape))], DType.QInt32);
        var axis = ranking.For(input.Shape.Length);
        var (size, count, inner) = (input.Shape[axis], result.Shape[axis], input.Shape.Skip(axis + 1).Aggregate(1, static (n, d) => n * d));
        for (var line = 0; line < input.Data.Length / size; line++)
        {
            var (outer, i) = (line / inner, line % inner);
            int Value(int position) => input.Data[(((outer * size) + position) * inner) + i];
            var ordered = Enumerable.Range(0, size).OrderBy(p => ranking.IsSmallest ? Value(p) : -(long)Value(p)).ThenBy(static p => p).ToArray();
            for (var k = 0; k < count; k++)
            {
                result.Data[(((outer * count) + k) * inner) + i] = ordered[k];
            }
        }

        return result;
    }

    public ReferenceValue Gather(ReferenceValue data, ReferenceValue index, Gathering gathering)
    {
        var (from, at) = ((Integers)data, (Integers)index);
        at = at with { Shape = gathering.IndexOver(Math.Max(from.Shape.Length, at.Shape.Length), new(at.Shape)) };
        var result = new Integers([.. gathering.Output(new(from.Shape), new(at.Shape))], from.DType);
        var rank = result.Shape.Length;
        var axis = gathering.Axis < 0 ? gathering.Axis + rank : gathering.Axis;
        for (var i = 0; i < result.Data.Length; i++)
        {
            var place = new int[rank];
            for (var (d, rest) = (rank - 1, i); d >= 0; rest /= result.Shape[d], d--)
            {
                place[d] = rest % result.Shape[d];
            }

            var position = at.Data[Element(at, place)];
            if (position < 0 || position >= Size(from, axis, rank))
            {
                throw QatGenException.Of(QuantizationRules.IndexRange, _layer, $"{position}", $"{Size(from, axis, rank)}");
            }

            place[axis] = position;
            result.Data[i] = from.Data[Element(from, place)];
        }

        return result;
    }

    /// <summary>The element of an operand at a place of a tensor over which it may repeat.</summary>
    private static int Element(Integers operand, int[] place)
    {
        var at = 0;
        for (var axis = 0; axis < place.Length; axis++)
        {
            var size = Size(operand, axis, place.Length);
            at = (at * size) + (size == 1 ? 0 : place[axis]);
        }

        return at;
    }
}
