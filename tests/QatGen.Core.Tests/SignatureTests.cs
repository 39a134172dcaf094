namespace QatGen.Core.Tests;

public sealed class SignatureTests
{
    private static readonly Signature Signature = new("Net", March.Bayes, new(new TensorSpec("x", new(1, 2, 2), DType.QInt8, new(0.5))), new(new TensorSpec("output", new(1, 2), DType.QInt32, new(0.25, 2))));

    [Fact]
    public void Quantize_Reals_RoundsHalfUpAndSaturates() =>
        Assert.Equal([1, 0, 127, -128], Signature.Quantize(0, [0.25f, -0.25f, float.PositiveInfinity, -1000], batch: 1).Data);

    [Fact]
    public void Quantize_NaN_NamesTheInput() => Expect(QuantizationRules.NotANumber, static () => Signature.Quantize(0, [0, 0, float.NaN, 0], batch: 1));

    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 4)]
    [InlineData(0, 4)]
    [InlineData(-1, 0)]
    public void Quantize_WrongNumberOfValues_NamesBothShapes(int batch, int values) => Expect(ShapeRules.InputShape, () => Signature.Quantize(0, new float[values], batch));

    [Fact]
    public void Check_OtherShape_IsRefused() => Expect(ShapeRules.InputShape, static () => Signature.Check(0, new([1, 4], DType.QInt8, new int[4], 0.5)));

    [Fact]
    public void Check_OtherType_IsRefused() => Expect(ShapeRules.InputType, static () => Signature.Check(0, new([1, 2, 2], DType.QInt16, new int[4], 0.5)));

    [Fact]
    public void Check_ValueOutsideTheType_IsRefused() => Expect(ShapeRules.InputType, static () => Signature.Check(0, new([1, 2, 2], DType.QInt8, [0, 128, 0, 0], 0.5)));

    [Fact]
    public void Check_LargerBatch_IsFine() => Signature.Check(0, new([3, 2, 2], DType.QInt8, new int[12], 0.5));

    [Fact]
    public void Dequantize_PerChannel_MultipliesInDouble() => Assert.Equal([0.75f, -8f, 0.25f, 2f], new QTensor([2, 2], DType.QInt32, [3, -4, 1, 1], 0.25, 2).Dequantize());

    private static void Expect(Rule rule, Action action)
    {
        var violation = Assert.Single(Assert.Throws<QatGenException>(action).Violations);
        Assert.Equal((rule, "x"), (violation.Rule, violation.Layer));
    }
}
