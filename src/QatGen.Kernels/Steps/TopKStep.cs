using QatGen.Kernels.Planning;
using QatGen.Primitives;

namespace QatGen.Kernels.Steps;

/// <summary>Positions of the largest or smallest along lines: values with their positions behind them are put in order, a single one is found by one pass.</summary>
internal sealed unsafe class TopKStep : Step
{
    private readonly bool _isSmallest;
    private readonly int[] _from;
    private readonly int[] _to;
    private readonly int[] _elements;
    private readonly int[] _results;

    public TopKStep(Ranking ranking, Seq<int> shape, Slot source, Slot target) : base(target, source)
    {
        var axis = ranking.For(shape.Count);
        var (outer, size, inner) = (Product(shape.Skip(1).Take(axis - 1)), shape[axis], Product(shape.Skip(axis + 1)));
        var count = ranking.Of(size);
        _isSmallest = ranking.IsSmallest;
        (_from, _to) = (source.Layout.Addresses(Lines(size)), target.Layout.Addresses(Lines(count)));
        (_elements, _results) = (source.Layout.Addresses(Along(size)), target.Layout.Addresses(Along(count)));

        int[] Lines(int length) => [.. Enumerable.Range(0, outer).SelectMany(o => Enumerable.Range(0, inner).Select(i => (o * length * inner) + i))];
        int[] Along(int length) => [.. Enumerable.Range(0, length).Select(i => i * inner)];
    }

    public override int ScratchBytes => _elements.Length * sizeof(long);

    public override void Run(byte* arena, byte* scratch)
    {
        var keys = new Span<long>(scratch, _elements.Length);
        for (var n = 0; n < Target.Layout.Batch; n++)
        {
            var source = (short*)Sources[0].Pixel(arena, n, 0, 0);
            var target = (int*)Target.Pixel(arena, n, 0, 0);
            for (var line = 0; line < _from.Length; line++)
            {
                Keys(source + _from[line], keys);
                if (_results.Length > 1)
                {
                    keys.Sort();
                }

                for (var i = 0; i < _results.Length; i++)
                {
                    target[_to[line] + _results[i]] = (int)keys[i];
                }
            }
        }
    }

    /// <summary>What sorts as the result does: the value, or its complement, above its position. Where one result is asked for only the first key is the least.</summary>
    private void Keys(short* line, Span<long> keys)
    {
        var flip = _isSmallest ? 0 : -1;
        for (var i = 0; i < keys.Length; i++)
        {
            var key = ((long)(line[_elements[i]] ^ flip) << 32) | (uint)i;
            if (_results.Length > 1)
            {
                keys[i] = key;
            }
            else if (i == 0 || key < keys[0])
            {
                keys[0] = key;
            }
        }
    }

    private static int Product(IEnumerable<int> sizes) => sizes.Aggregate(1, static (n, d) => n * d);
}
