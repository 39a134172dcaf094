using QatGen.Arithmetic;
using QatGen.Graphs;
using QatGen.Marches;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>
/// A function of each element, by table. The toolkit counts all of them as risky for accuracy: an int8 input has 256 values, and an int16 one is interpolated.
/// <paramref name="steps"/> is the largest error in steps of an int16 result that the function's own examples may show for an int16 input.
/// </summary>
internal abstract class TableOperator(string name, Seq<Form> forms, double steps = TableOperator.UsualSteps) : Operator(name)
{
    /// <summary>Entries and result are rounded by half a step each, and six segments leave about one between entries.</summary>
    protected const double UsualSteps = 3;

    public override Seq<Form> Forms => forms;

    // The manual has no table on BERNOULLI2 but exp and what it calls like exp; the converter for X3 has some more.
    private static readonly Seq<string> OnBernoulli2 = new("Exp", "GELU", "Sigmoid", "SiLU", "Tanh", "Sin", "Cos", "Sqrt", "Softplus");

    public override bool OwnsScale => true;

    public override Seq<MarchNote> MarchNotes =>
        new([.. OnBernoulli2.Contains(Name) ? Seq<MarchNote>.Empty : new(MarchNote.Refused(On.Bernoulli2)), MarchNote.Risk(On.All, "a table has few entries; TableReports() says how well each follows its function")]);

    /// <summary>The function that the arguments make, in double.</summary>
    protected abstract TableFunction Function(Node node);

    public override IEnumerable<Violation> Check(Node node)
    {
        if (node.Inputs.Count != 1)
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "operand", node.Attributes.ToString(), "one tensor and constants");
        }
    }

    public override Seq<ConstantRole> Constants(Node node) => new(ConstantRole.Table(Function(node)));

    public override T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants) => p.Lut(inputs[0], constants[0]);

    public override BatchFirst? WithBatchFirst(Node node, Seq<Placed> inputs) => BatchFirst.Elementwise(node, inputs);

    public override IEnumerable<Example> Examples()
    {
        var form = forms.DefaultIfEmpty(new(FormKind.Module, Name)).First();
        yield return Example.Of("map", new(Name, "f", form, new(0), Arguments), [2, 5, 6, 7]) with { Deviation = Deviation };
        yield return Example.Of("vectors", new(Name, "f", form, new(0), Arguments), [3, 40]) with { Deviation = Deviation };
    }

    /// <summary>What interpolation and the rounding of entries add; entries for an int8 result have 7 bits more than it.</summary>
    private double Deviation(DType result) => result == DType.QInt16 ? steps - 0.5 : steps / (1 << Arithmetic.SegmentTable.FractionBits(DType.QInt8));

    /// <summary>The arguments of the examples.</summary>
    protected virtual AttributeMap Arguments => new();

    /// <summary>torch.name(x), x.name() and their in-place forms, by each of the names.</summary>
    protected static Seq<Form> Elementwise(params string[] names) => new([.. names.SelectMany(static n => new Form[] { new(FormKind.Torch, n), new(FormKind.Method, n) })]);

    /// <summary>A module and functions of torch.nn.functional, in front of other forms.</summary>
    protected static Seq<Form> Written(string module, string[] functions, params Form[] others) =>
        new([new(FormKind.Module, module), .. functions.Select(static f => new Form(FormKind.Functional, f)), .. others]);

    protected static string Text(double argument) => argument.ToString("R", System.Globalization.CultureInfo.InvariantCulture);

    protected static Form Method(string name) => new(FormKind.Method, name);
}

/// <summary>A function without arguments: its domain's edges are those of <see cref="TableFunction"/>.</summary>
internal abstract class PlainTable(string name, Seq<Form> forms, Func<double, double> function, double steps = TableOperator.UsualSteps, double low = double.NegativeInfinity, double high = double.PositiveInfinity)
    : TableOperator(name, forms, steps)
{
    private readonly TableFunction _function = new(name, function, low, high);

    protected override TableFunction Function(Node node) => _function;

    protected static Seq<Form> Of(params string[] names) => Elementwise(names);
}
