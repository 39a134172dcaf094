using QatGen.Primitives;

namespace QatGen.Torch.Tests;

/// <summary>Positions by counting what comes before, and elements by their full index.</summary>
internal sealed partial class NaivePrimitives
{
    public Naive TopK(Naive x, Ranking ranking)
    {
        var axis = ranking.Axis < 0 ? ranking.Axis + x.Shape.Length : ranking.Axis;
        var size = x.Shape[axis];
        int[] shape = [.. x.Shape.Select((d, a) => a != axis || ranking.Count == 0 ? d : ranking.Count)];
        return Fill(shape, i =>
        {
            long At(int position) => x[[.. i.Select((v, a) => a == axis ? position : v)]];
            bool Precedes(int a, int b) => At(a) == At(b) ? a < b : At(a) < At(b) == ranking.IsSmallest;
            return Enumerable.Range(0, size).Single(p => Enumerable.Range(0, size).Count(q => Precedes(q, p)) == i[axis]);
        }) with
        { Type = DType.QInt32 };
    }

    public Naive Gather(Naive data, Naive index, Gathering gathering)
    {
        var rank = Math.Max(data.Shape.Length, index.Shape.Length);
        var axis = gathering.Axis < 0 ? gathering.Axis + rank : gathering.Axis;
        var (from, at) = (Full(data), index.Shape.Length == 1 ? index with { Shape = [.. Enumerable.Range(0, rank).Select(a => a == axis ? index.Shape[0] : 1)] } : Full(index));
        int[] shape = [.. from.Shape.Select((d, a) => a == axis || !gathering.Repeats ? at.Shape[a] : Math.Max(d, at.Shape[a]))];
        return Fill(shape, i => from[[.. Inside(from, i).Select((v, a) => a == axis ? (int)at[Inside(at, i)] : v)]]) with { Type = data.Type };

        Naive Full(Naive operand) => operand with { Shape = [.. Enumerable.Repeat(1, rank - operand.Shape.Length), .. operand.Shape] };

        static int[] Inside(Naive operand, int[] i) => [.. i.Select((v, a) => operand.Shape[a] == 1 ? 0 : v)];
    }
}
