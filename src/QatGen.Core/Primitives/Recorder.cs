namespace QatGen.Primitives;

/// <summary>Records a program as an <see cref="IntGraph"/>: a value is its number.</summary>
public sealed class Recorder(Signature signature, IReadOnlyList<Constant> constants) : IPrimitives<int>
{
    private readonly List<IntNode> _nodes = [];
    private string _layer = "";

    /// <summary>Constants are told apart from values by being negative: constant c is -1 - c.</summary>
    public int[] ConstantIds { get; } = [.. Enumerable.Range(0, constants.Count).Select(static c => -1 - c)];

    public int[] InputIds { get; } = [.. Enumerable.Range(0, signature.Inputs.Count)];

    public IntGraph Finish(int[] outputs) => new(signature, constants.ToSeq(), _nodes.ToSeq(), new(outputs));

    public void Layer(string path) => _layer = path;

    public int Conv(int x, int weight, int bias, ConvGeometry geometry) => Add(new IntNode.Conv(x, Id(weight), Id(bias), geometry, _layer));

    public int Constant(int tensor) => Add(new IntNode.Literal(Id(tensor), _layer));

    public int Mul(int x, int y) => Add(new IntNode.Mul(x, y, _layer));

    public int MatMul(int x, int y) => Add(new IntNode.MatMul(x, y, _layer));

    public int Elementwise(ElementwiseKind kind, int[] operands, int constant) => Add(new IntNode.Elementwise(kind, new(operands), Id(constant), _layer));

    public int Rescale(int[] terms, int rescale) => Add(new IntNode.Rescale(new(terms), Id(rescale), _layer));

    public int Clamp(int x, int limits) => Add(new IntNode.Clamp(x, Id(limits), _layer));

    public int MaxPool(int x, PoolGeometry geometry) => Add(new IntNode.MaxPool(x, geometry, _layer));

    public int SumPool(int x, PoolGeometry geometry, AverageCount count) => Add(new IntNode.SumPool(x, geometry, count, _layer));

    public int Reduce(int x, Reduction reduction) => Add(new IntNode.Reduce(x, reduction, _layer));

    public int Concat(int[] parts, int rescale, int axis) => Add(new IntNode.Concat(new(parts), Id(rescale), axis, _layer));

    public int Reshape(int x, int[] shape) => Add(new IntNode.Reshape(x, new(shape), _layer));

    public int Move(int x, Movement movement) => Add(new IntNode.Move(x, IntNode.Move.NoFill, movement, _layer));

    public int Move(int x, int fill, Movement movement) => Add(new IntNode.Move(x, Id(fill), movement, _layer));

    public int GridSample(int x, int grid, int constant, GridMode mode) => Add(new IntNode.GridSample(x, grid, Id(constant), mode, _layer));

    public int Resize(int x, ResizeGeometry geometry) => Add(new IntNode.Resize(x, geometry, _layer));

    public int Lut(int x, int table) => Add(new IntNode.Lut(x, Id(table), _layer));

    /// <summary>The values and the positions of one call rank once.</summary>
    public int TopK(int x, Ranking ranking) => _nodes.FindIndex(n => n is IntNode.TopK same && same.X == x && same.Ranking == ranking) is >= 0 and var known ? signature.Inputs.Count + known
        : Add(new IntNode.TopK(x, ranking, _layer));

    public int Gather(int data, int index, Gathering gathering) => Add(new IntNode.Gather(data, index, gathering, _layer));

    private static int Id(int id) => -1 - id;

    private int Add(IntNode node)
    {
        _nodes.Add(node);
        return signature.Inputs.Count + _nodes.Count - 1;
    }
}
