using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>
/// The points of boxes [N, boxes, 4] as a grid [N, boxes * rows, columns, 2] that samples a map: column j of P lies at the fraction t = (2j + 1) / 2P between left and right, which is
/// x = left * (1 - t) + right * t at the map's scale, less half an element where aligned, and in the grid (2x + 1) / width - 1; rows alike. The sums of integers times 2P * (1 - t) and 2P * t are exact, and one
/// rescale takes them to qint16 at 1 / 32768, whose ends are the map's edges. A box that is not aligned is at least one element wide: its points are no further left than left + t / scale, which another rescale takes
/// to the same grid, so that neither the boxes' steps nor their range limit it.
/// </summary>
internal sealed class RegionGrid() : Operator("RegionGrid")
{
    private const double Scale = 1 / 32768.0;
    private const int OffsetSteps = 1 << 14;

    public override Seq<Form> Forms => Seq<Form>.Empty;

    public override bool OwnsScale => true;

    public override Seq<string> Structural => new("rows", "columns", "height", "width", "spatialScale", "aligned");

    public override Seq<ConstantRole> Constants(Node node)
    {
        var (scale, isAligned) = (node.Real("spatialScale", 1), node.Flag("aligned", false));
        var rescale = ConstantRole.Rescale(node) with { Scale = Scale };
        ConstantRole[] both = [rescale, rescale with { Scale = 0, ScaleOf = 0 }];
        return both.Take(isAligned ? 1 : 2).Concat(Line("columns", "width")).Concat(Line("rows", "height")).ToSeq();

        IEnumerable<ConstantRole> Line(string points, string side)
        {
            var (count, size) = ((int)node.Integer(points, 1), (double)node.Integer(side, 1));
            var odd = Enumerable.Range(0, count).Select(static j => (2 * j) + 1).ToArray();
            var offset = ((isAligned ? 0 : 1) / size) - 1;
            ConstantRole[] line =
            [
                ConstantRole.Integers(odd.Select(o => (2 * count) - o), 0.5 / count), ConstantRole.Integers(odd, 0.5 / count),

                // In many steps, so that its multiplier leaves the others their bits.
                ConstantRole.Integers([offset == 0 ? 0 : Math.Sign(offset) * OffsetSteps], offset == 0 ? 1 : Math.Abs(offset) / OffsetSteps),
                rescale with { Factors = new(2 * scale / size, 2 * scale / size, 1) },
                rescale with { Factors = new(2 * scale / size, 2 / size, 1) },
            ];
            return line.Take(isAligned ? 4 : 5);
        }
    }

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants)
    {
        var isAligned = node.Flag("aligned", false);
        var (first, perLine) = isAligned ? (1, 4) : (2, 5);
        var x = p.Move(p.Move(Line(0), new Movement.Unsqueeze(2)), new Movement.Repeat(new((int)node.Integer("rows", 1), 1)));
        var y = p.Move(p.Move(Line(1), new Movement.Unsqueeze(3)), new Movement.Repeat(new((int)node.Integer("columns", 1))));
        var both = p.Concat([p.Move(x, new Movement.Unsqueeze(4)), p.Move(y, new Movement.Unsqueeze(4))], constants[0], 4);
        return p.Move(both, new Movement.Merge(1, 2));

        T Corner(int at) => p.Move(inputs[0], new Movement.Slice(2, at, at + 1));
        T Line(int axis)
        {
            var (start, end, at) = (Corner(axis), Corner(axis + 2), first + (perLine * axis));
            var (fractions, offset) = (p.Constant(constants[at + 1]), p.Constant(constants[at + 2]));
            var between = p.Rescale([p.Mul(start, p.Constant(constants[at])), p.Mul(end, fractions), offset], constants[at + 3]);
            return isAligned ? between : p.Elementwise(ElementwiseKind.Maximum, [between, p.Rescale([start, fractions, offset], constants[at + 4])], constants[1]);
        }
    }

    public override IEnumerable<Example> Examples()
    {
        Node Of(double scale, bool isAligned) => new(Name, "grid", new(FormKind.Module, Name), new(0), new()
        {
            ["rows"] = 4,
            ["columns"] = 6,
            ["height"] = 5,
            ["width"] = 9,
            ["spatialScale"] = scale,
            ["aligned"] = isAligned,
        });
        yield return Example.Of("aligned", Of(2, true), [2, 3, 4]);
        yield return Example.Of("narrow", Of(8, false), [2, 3, 4]);
        yield return Example.Of("narrower than any box", Of(1 / 64.0, false), [2, 3, 4]);
    }
}
