using QatGen.Primitives;

namespace QatGen.Generators.Emit;

/// <summary>Prints a program: every primitive is one statement, a value is the name of its variable.</summary>
internal sealed class PrimitivesPrinter(Identifiers names) : IPrimitives<string>
{
    private readonly List<(string Name, string Expression)> _statements = [];
    private string _layer = "";

    /// <summary>Takes the statements since the last call and names the last one <paramref name="result"/>.</summary>
    public IReadOnlyList<string> Take(string last, string result)
    {
        var lines = _statements.Select(s => $"var {(s.Name == last ? result : s.Name)} = {s.Expression};").ToArray();
        _statements.Clear();
        return lines;
    }

    public bool Wrote(string value) => _statements.Any(s => s.Name == value);

    public void Layer(string path) => _layer = path;

    public string Conv(string x, string weight, string bias, ConvGeometry geometry) => Let("sum", $"p.Conv({x}, {weight}, {bias}, {Literal.Of(geometry)})");

    public string Rescale(string[] terms, string rescale) => Let("scaled", $"p.Rescale([{string.Join(", ", terms)}], {rescale})");

    public string Constant(string tensor) => Let("constant", $"p.Constant({tensor})");

    public string Mul(string x, string y) => Let("product", $"p.Mul({x}, {y})");

    public string MatMul(string x, string y) => Let("product", $"p.MatMul({x}, {y})");

    public string Elementwise(ElementwiseKind kind, string[] operands, string constant) =>
        Let("chosen", $"p.Elementwise({nameof(ElementwiseKind)}.{kind}, [{string.Join(", ", operands)}], {constant})");

    public string Clamp(string x, string limits) => Let("clamped", $"p.Clamp({x}, {limits})");

    public string MaxPool(string x, PoolGeometry geometry) => Let("max", $"p.MaxPool({x}, {Literal.Of(geometry)})");

    public string SumPool(string x, PoolGeometry geometry, AverageCount count) => Let("sum", $"p.SumPool({x}, {Literal.Of(geometry)}, {Literal.Of(count)})");

    public string Reduce(string x, Reduction reduction) => Let("reduced", $"p.Reduce({x}, {Literal.Of(reduction)})");

    public string Concat(string[] parts, string rescale, int axis) => Let("joined", $"p.Concat([{string.Join(", ", parts)}], {rescale}, {Literal.Number(axis)})");

    public string Reshape(string x, int[] shape) => Let("view", $"p.Reshape({x}, {Literal.List(shape)})");

    public string Move(string x, Movement movement) => Let("moved", $"p.Move({x}, {Literal.Of(movement)})");

    public string Move(string x, string fill, Movement movement) => Let("moved", $"p.Move({x}, {fill}, {Literal.Of(movement)})");

    public string GridSample(string x, string grid, string constant, GridMode mode) => Let("sampled", $"p.GridSample({x}, {grid}, {constant}, {Literal.Of(mode)})");

    public string Resize(string x, ResizeGeometry geometry) => Let("resized", $"p.Resize({x}, {Literal.Of(geometry)})");

    public string Lut(string x, string table) => Let("looked_up", $"p.Lut({x}, {table})");

    public string TopK(string x, Ranking ranking) => Let("positions", $"p.TopK({x}, {Literal.Of(ranking)})");

    public string Gather(string data, string index, Gathering gathering) => Let("picked", $"p.Gather({data}, {index}, {Literal.Of(gathering)})");

    private string Let(string what, string expression)
    {
        var name = names.Unique(_layer + "_" + what);
        _statements.Add((name, expression));
        return name;
    }
}
