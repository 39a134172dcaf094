using QatGen.Graphs;

namespace QatGen.Core.Tests;

/// <summary>The text form of a block: the same record comes back, and anything else is refused.</summary>
public sealed class BlockTests
{
    private static readonly Formula Width = new Formula.Parameter("width", "Int32");

    /// <summary>An example of each kind of value, formula and output form; <see cref="Kinds_EachHasAnExample"/> asks for new ones.</summary>
    private static readonly object[] Examples =
    [
        new Value.Integer(-3),
        new Value.Real(-1e-05),
        new Value.Real(double.PositiveInfinity),
        new Value.Logical(true),
        new Value.Member("TorchSharp.PaddingModes.Zeros"),
        new Value.Items(new(new Value.Integer(long.MinValue), new Value.Items(Seq<Value>.Empty))),
        new Value.InputSize(2),
        new Value.Symbol("$\"{a}\\\n(ünïcödé)\""),
        Width,
        new Formula.Literal(0.1),
        new Formula.Operator("?:", new(new Formula.Operator("<=", new(Width, new Formula.Literal(3))), Width, new Formula.Literal(false))),
        new Formula.Cast("Int32", Width),
        new Formula.Call("Math", "Round", "Double", new(Width)),
        new TensorForm.Tensor(0),
        new TensorForm.Tuple(new(new TensorForm.Tensor(0), new TensorForm.Collection(new(TensorForm.Single)))),
        new TensorForm.Collection(Seq<TensorForm>.Empty),
        new Value.Operand(0),
        new Value.Computed("(%0.shape[2] / 2)"),
        new Value.Measured(new Value.Computed("(%1.shape[0] * 2)"), 6),
        new Value.Null(),
        new Value.Text("a \"quoted\" name"),
        new Value.Typed("long", 2),
        new Value.Tuple(new(1, new Value.Operand(0))),
        new Value.Collection("long[]", new(1, 2)),
        new Value.FromEnd(1),
        new Value.Range(0, new Value.FromEnd(1)),
        new Value.Call("TorchSharp.torch.TensorIndex.Slice", new() { ["start"] = 1 }),
        new Value.Module("net.conv", "global::Blocks.Sample"),
    ];

    public static TheoryData<int> Indices => new(Enumerable.Range(0, Examples.Length));

    [Fact]
    public void Kinds_EachHasAnExample()
    {
        var kinds = new[] { typeof(Value), typeof(Formula), typeof(TensorForm) }.SelectMany(static k => k.GetNestedTypes().Where(k.IsAssignableFrom));
        Assert.Empty(kinds.Except(Examples.Select(static e => e.GetType())));
    }

    [Theory]
    [MemberData(nameof(Indices))]
    public void Parse_OfTextOfEachKind_IsEqual(int index)
    {
        var block = Sample(Examples[index]);
        var read = Block.Parse(block.ToText());
        Assert.Equal(block, read);
        Assert.Equal(block.ToText(), read.ToText());
    }

    /// <summary>Other versions read this text: whoever changes it changes the version.</summary>
    [Fact]
    public void ToText_OfASample_IsTheSameInEveryVersion() => Assert.Equal(
        "8 16da1fa0 Block([BlockVariant([BlockCondition(Parameter(\"flag\",\"Boolean\"),true)],\"(System.Int32)\","
        + "Graph([GraphInput(QInt8,0,false,\"x\",[1,4])],false,BayesE,\"Blocks\",[Node([],{\"a\":Symbol(\"width\",Parameter(\"width\",\"Int32\"))},Form(Module,\"Conv2d\"),[0],\"Conv2d\",SameAsInput,null,\"conv#2\",[])],[1],SameAsInput,[],\"torch.Tensor\",Tensor(0),[],\"Sample\",\"\"),[\"conv\"])])",
        Sample(new Value.Symbol("width") { Formula = Width }).ToText());

    [Fact]
    public void Parse_OfAnyDamage_IsRefused()
    {
        var text = Sample(Examples[7]).ToText();
        for (var i = 0; i < text.Length; i++)
        {
            Refused(text[..i]);
            Refused(text.Remove(i, 1));
            Refused(text[..i] + (char)(text[i] ^ 1) + text[(i + 1)..]);
        }

        Refused(text + " ");
    }

    /// <summary>Text with a valid checksum that no version wrote.</summary>
    [Theory]
    [InlineData("Block([", "Blocks([")]
    [InlineData("\"a\":", "\"a\":null,\"b\":")]
    [InlineData("BayesE", "J7")]
    [InlineData("[0]", "[1]")]
    [InlineData("[0]", "[x]")]
    [InlineData("conv#2", "other")]
    [InlineData("true", "yes")]
    [InlineData("Tensor(0)", "Tensor(0")]
    public void Parse_OfWrongContent_IsRefused(string text, string wrong)
    {
        var body = Sample(new Value.Logical(true)).ToText()[11..];
        Assert.Equal(Sample(new Value.Logical(true)), Block.Parse(Headed(body)));
        Refused(Headed(body.Replace(text, wrong, StringComparison.Ordinal)));
    }

    [Fact]
    public void Parse_OfDeepNesting_IsRefused() =>
        Refused(Headed(Sample(new Value.Logical(true)).ToText()[11..].Replace("Logical(true)", string.Concat(Enumerable.Repeat("Items([", 10_000)), StringComparison.Ordinal)));

    private static string Headed(string body)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(body);
        return $"8 {Files.Crc32.Of(bytes, 0, bytes.Length):x8} {body}";
    }

    private static void Refused(string text) => Assert.NotEmpty(Assert.Throws<FormatException>(() => Block.Parse(text)).Message);

    private static Block Sample(object example)
    {
        var value = example switch { Value v => v, Formula f => new Value.Symbol("x") { Formula = f }, _ => 1 };
        var node = new Node("Conv2d", "conv#2", new(FormKind.Module, "Conv2d"), new(0), new() { ["a"] = value });
        var graph = new Graph("Blocks", "Sample", March.BayesE, new(new GraphInput("x", new(1, 4), 0)), new(node), new(1), IsPublic: false) { Returns = example as TensorForm ?? TensorForm.Single };
        return new(new(new BlockVariant("(System.Int32)", new(new BlockCondition(new Formula.Parameter("flag", "Boolean"), true)), new("conv"), graph)));
    }
}
