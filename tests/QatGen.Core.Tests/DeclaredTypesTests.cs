using QatGen.Graphs;
using QatGen.Passes;

namespace QatGen.Core.Tests;

/// <summary>What the toolkit of a march takes in qint8 alone is refused where the source says another type.</summary>
public sealed class DeclaredTypesTests
{
    private static readonly Node First = Conv("first", "Conv2d");
    private static readonly Node Up = Conv("up", "ConvTranspose2d") with { Inputs = new(1) };

    [Theory]
    [InlineData(March.Bayes, "first", DType.QInt16, 0, "up")]
    [InlineData(March.BayesE, "first", null, 12, "up")]
    [InlineData(March.Bayes, "first", null, 6, null)]
    [InlineData(March.Bayes, "", DType.QInt16, 0, "up")]
    [InlineData(March.Bayes, "up", DType.QInt16, 0, null)]
    [InlineData(March.Bayes, "fir", DType.QInt16, 0, null)]
    [InlineData(March.Bayes, "first", DType.QInt8, 0, null)]
    [InlineData(March.NashE, "first", DType.QInt16, 0, null)]
    public void TypeOfTheLayerBefore_IsWhatTheNextReads(March march, string path, DType? type, int bits, string? refused)
    {
        var found = Violations(march, new(First, Up), DType.QInt8, new QuantizeSetting(path, "field", type, bits));
        Assert.Equal(refused is null ? [] : [(MarchRules.Limit, refused)], found.Select(static v => (v.Rule, v.Layer)));
        Assert.All(found, static v => Assert.Contains("a qint8 input", v.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void LaterSetting_IsTheMoreSpecific() =>
        Assert.Empty(Violations(March.Bayes, new(First, Up), DType.QInt8, new("", "Model", DType.QInt16), new("first", "field", DType.QInt8)));

    [Fact]
    public void TypeOfAnInput_GoesThroughWhatKeepsItsScale()
    {
        var pool = new Node("MaxPool2d", "pool", new(FormKind.Module, "MaxPool2d"), new(0), new() { ["kernel_size"] = 2, ["stride"] = 2 });
        Assert.Equal("up", Assert.Single(Violations(March.Bayes, new(pool, Up), DType.QInt16)).Layer);
        Assert.Empty(Violations(March.Bayes, new(pool, Up), DType.QInt8));
    }

    private static Violation[] Violations(March march, Seq<Node> nodes, DType input, params QuantizeSetting[] settings) =>
        [.. Pipeline.Run(new("", "Net", march, new(new GraphInput("x", new(1, 4, 8, 8), 0, input)), nodes, new(2)) { Settings = new(settings) }).Violations];

    private static Node Conv(string path, string op) => new(op, path, new(FormKind.Module, op), new(0), new()
    {
        ["in_channels"] = 4,
        ["out_channels"] = 4,
        ["kernel_size"] = 2,
        ["stride"] = 2,
        ["bias"] = true,
    });
}
