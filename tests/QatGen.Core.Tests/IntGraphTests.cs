using QatGen.Primitives;

namespace QatGen.Core.Tests;

public sealed class IntGraphTests
{
    [Fact]
    public void Verify_EmptyInput_IsNamed()
    {
        var spec = new TensorSpec("x", new(1, 0, 2), DType.QInt8, new(0.5));
        var graph = new IntGraph(new("Net", March.Bayes, new(spec), new(spec)), Seq<Constant>.Empty, Seq<IntNode>.Empty, new(0));
        var violation = Assert.Throws<QatGenException>(graph.Verify).Violations.Single();
        Assert.Equal((ShapeRules.Empty, "x"), (violation.Rule, violation.Layer));
    }
}
