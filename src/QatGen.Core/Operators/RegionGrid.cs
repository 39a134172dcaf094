using QatGen.Graphs;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>
/// The points of boxes [N, boxes, 4] as a grid [N, boxes * rows, columns, 2] that samples a map: column j of P lies at the fraction t = (2j + 1) / 2P between left and right, which is
/// x = left * (1 - t) + right * t at the map's scale, less half an element where aligned, and in the grid (2x + 1) / width - 1; rows alike. The sums of integers times 2P * (1 - t) and 2P * t are exact, and one
/// rescale takes them to qint16 at 1 / 32768, whose ends are the map's edges. A box that is not aligned is at least one element wide, to the nearest step of the boxes' scale.
/// </summary>
internal sealed class RegionGrid() : Operator("RegionGrid")
{
    private const double Scale = 1 / 32768.0;
    private const int Lines = 8;
    private const int OffsetSteps = 1 << 14;

    public override Seq<Form> Forms => Seq<Form>.Empty;

    public override bool OwnsScale => true;

    public override Seq<string> Structural => new("rows", "columns", "height", "width", "spatialScale", "aligned");

    public override Seq<ConstantRole> Constants(Node node)
    {
        var (scale, isAligned) = (node.Real("spatialScale", 1), node.Flag("aligned", false));
        var rescale = ConstantRole.Rescale(node) with { Scale = Scale };
        var lines = Line("columns", "width").Concat(Line("rows", "height")).Append(rescale);
        return (isAligned ? lines : lines.Concat([ConstantRole.Number(1 / scale, DType.QInt32), ConstantRole.Rescale(node) with { ScaleOf = 0 }, ConstantRole.Rescale(node) with { ScaleOf = 0 }])).ToSeq();

        IEnumerable<ConstantRole> Line(string points, string side)
        {
            var (count, size) = ((int)node.Integer(points, 1), (double)node.Integer(side, 1));
            var odd = Enumerable.Range(0, count).Select(static j => (2 * j) + 1).ToArray();
            var offset = ((isAligned ? 0 : 1) / size) - 1;
            return
            [
                ConstantRole.Integers(odd.Select(o => (2 * count) - o), 0.5 / count), ConstantRole.Integers(odd, 0.5 / count),

                // In many steps, so that its multiplier leaves the others their bits.
                ConstantRole.Integers([offset == 0 ? 0 : Math.Sign(offset) * OffsetSteps], offset == 0 ? 1 : Math.Abs(offset) / OffsetSteps),
                rescale with { Factors = new(2 * scale / size, 2 * scale / size, 1) },
            ];
        }
    }

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants)
    {
        var x = p.Move(p.Move(Line(0), new Movement.Unsqueeze(2)), new Movement.Repeat(new((int)node.Integer("rows", 1), 1)));
        var y = p.Move(p.Move(Line(1), new Movement.Unsqueeze(3)), new Movement.Repeat(new((int)node.Integer("columns", 1))));
        var both = p.Concat([p.Move(x, new Movement.Unsqueeze(4)), p.Move(y, new Movement.Unsqueeze(4))], constants[Lines], 4);
        return p.Move(both, new Movement.Merge(1, 2));

        T Corner(int at) => p.Move(inputs[0], new Movement.Slice(2, at, at + 1));
        T Line(int axis)
        {
            var (start, end, first) = (Corner(axis), Corner(axis + 2), 4 * axis);
            if (constants.Length > Lines + 1)
            {
                end = p.Elementwise(ElementwiseKind.Maximum, [end, p.Rescale([start, p.Constant(constants[Lines + 1])], constants[Lines + 2])], constants[Lines + 3]);
            }

            return p.Rescale([p.Mul(start, p.Constant(constants[first])), p.Mul(end, p.Constant(constants[first + 1])), p.Constant(constants[first + 2])], constants[first + 3]);
        }
    }

    public override IEnumerable<Example> Examples()
    {
        yield return Example.Of("aligned", new(Name, "grid", new(FormKind.Module, Name), new(0), new()
        {
            ["rows"] = 4,
            ["columns"] = 6,
            ["height"] = 5,
            ["width"] = 9,
            ["spatialScale"] = 2.0,
            ["aligned"] = true,
        }), [2, 3, 4]);
    }
}
