using QatGen.Kernels.Planning;
using QatGen.Primitives;

namespace QatGen.Kernels.Steps;

/// <summary>Picks elements at positions. Tables give for each channel, row and column of the result a distance in the data and one in the index; they add up, and the position adds its own.</summary>
internal sealed unsafe class GatherStep : Step
{
    private readonly ElementSource _data;
    private readonly ElementSource _index;
    private readonly Tables _from;
    private readonly Tables _at;
    private readonly int[] _along;
    private readonly string _layer;

    public GatherStep(GatherPlan plan, string layer, ElementSource data, ElementSource index, Slot target)
        : base(target, [.. new[] { data.Slot, index.Slot }.OfType<Slot>()])
    {
        (_data, _index, _layer) = (data, index, layer);
        (_from, _at) = (Tables.Of(plan.Data, data), Tables.Of(plan.Index, index));
        _along = data.Addresses([.. Enumerable.Range(0, plan.Size).Select(i => i * plan.Step)]);
    }

    public override void Run(byte* arena, byte* scratch)
    {
        var channels = Target.Layout.Channels;
        for (var at = new PixelCursor(Target.Layout); at.N < Target.Layout.Batch; at.Next())
        {
            var data = _data.Frame(arena, at.N);
            var index = _index.Frame(arena, at.N);
            var result = Target.Pixel(arena, at.N, at.Y, at.X);
            var (from, place) = (_from.Rows[at.Y] + _from.Columns[at.X], _at.Rows[at.Y] + _at.Columns[at.X]);
            for (var c = 0; c < channels; c++)
            {
                var position = _index.Read(index, place + _at.Channels[c]);
                if ((uint)position >= (uint)_along.Length)
                {
                    throw QatGenException.Of(QuantizationRules.IndexRange, _layer, $"{position}", $"{_along.Length}");
                }

                var value = _data.Read(data, from + _from.Channels[c] + _along[position]);
                if (Target.Layout.IsWide)
                {
                    ((int*)result)[c] = value;
                }
                else
                {
                    ((short*)result)[c] = (short)value;
                }
            }
        }
    }

    private sealed record Tables(int[] Rows, int[] Columns, int[] Channels)
    {
        public static Tables Of(MovePlan plan, ElementSource source)
        {
            var rank = plan.Output.Count;
            return new(source.Addresses(plan.Joined(1, rank > 3 ? 1 : 0)), source.Addresses(plan.Joined(rank > 3 ? 2 : 1, rank)), source.Addresses(plan.Joined(0, 1)));
        }
    }
}
