namespace QatGen.Primitives;

/// <summary>The input of a movement: its shape [N, ...], and tables from which a <see cref="MovePlan"/> is made.</summary>
public sealed class MoveSource
{
    private readonly List<int[]> _lines = [];

    public MoveSource(Seq<int> shape)
    {
        Shape = shape;
        var stride = 1;
        for (var axis = shape.Count - 1; axis > 0; axis--)
        {
            var step = stride;
            _lines.Insert(0, [.. Enumerable.Range(0, shape[axis]).Select(i => i * step)]);
            stride = checked(stride * shape[axis]);
        }
    }

    public Seq<int> Shape { get; }

    public int Rank => Shape.Count;

    /// <summary>The number of an axis that may count from the end; the batch axis is none that a movement may touch.</summary>
    public int Axis(int axis) => AxisAmong(axis, Rank);

    /// <summary>As <see cref="Axis"/>, for an axis of a result of another rank.</summary>
    public static int AxisAmong(int axis, int rank)
    {
        var counted = axis < 0 ? axis + rank : axis;
        return counted < 0 || counted >= rank ? throw new MovementException($"there is no axis {axis}")
            : counted == 0 ? throw new MovementException("the batch axis would move")
            : counted;
    }

    /// <summary>Where the elements along an axis lie: the multiples of its stride.</summary>
    public int[] Line(int axis) => _lines[axis - 1];

    /// <summary>All axes behind the batch as they are, some of them replaced by others.</summary>
    public List<int[]> Lines(params (int Axis, int[] Line)[] replaced)
    {
        var lines = new List<int[]>(_lines);
        Array.ForEach(replaced, r => lines[r.Axis - 1] = r.Line);
        return lines;
    }

    /// <summary>The elements of an axis in the order of <paramref name="indices"/>; those that are <see cref="MovePlan.Outside"/> are filled.</summary>
    public int[] Picked(int axis, IEnumerable<int> indices) => [.. indices.Select(i => i == MovePlan.Outside ? MovePlan.Outside : Line(axis)[i])];

    public MovePlan Plan(IReadOnlyList<int[]> lines) => new(Shape[0], lines);

    /// <summary>A plan in which one axis has its elements in the order of <paramref name="indices"/>.</summary>
    public MovePlan Pick(int axis, IEnumerable<int> indices) => Plan(Lines((axis, Picked(axis, indices))));
}
