using QatGen.Marches;
using QatGen.Primitives;

namespace QatGen.Core.Tests.Marches;

/// <summary>Every line of every table of limits: the text that a rule says and the documentation shows is the line that decides.</summary>
public sealed class LimitTests
{
    private static readonly DType[] Types = Enum.GetValues<DType>();
    private static readonly March[] All = Enum.GetValues<March>();

    public static IEnumerable<object[]> Limits =>
        from march in All
        from table in PrimitiveTable.All
        from limit in table.Describe(march)?.Limits ?? Seq<string>.Empty
        select new object[] { march, table.Name, limit };

    public static TheoryData<string> Cases => new(LimitCases.All.Select(static c => c.Name));

    public static IEnumerable<object[]> Tables => from march in All from table in PrimitiveTable.All select new object[] { march, table.Name };

    [Theory]
    [MemberData(nameof(Limits))]
    public void Limit_HoldsExactlyAtItsEnd_AndIsReportedJustBeyond(March march, string table, string limit)
    {
        var expected = new[] { MarchSpec.Get(march).DisplayName, table, limit };
        var fitting = LimitCases.All.Where(c => Run(march, c.Outside).Any(v => v.Rule == MarchRules.Limit && v.Arguments.Take(3).SequenceEqual(expected))).ToArray();
        Assert.NotEmpty(fitting);
        Assert.Contains(fitting, c => Run(march, c.Inside).Count == 0);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Case_IsTheEndOfALimitOfSomeMarch(string name)
    {
        var found = LimitCases.All.Single(c => c.Name == name);
        Assert.Contains(All, m => Run(m, found.Inside).Count == 0 && Run(m, found.Outside).Any(static v => v.Rule == MarchRules.Limit));
    }

    [Theory]
    [MemberData(nameof(Tables))]
    public void Types_AreThoseOfTheTable(March march, string name)
    {
        var call = PrimitiveCalls.All[name];
        var support = PrimitiveTable.All.Single(t => t.Name == name).Describe(march);
        foreach (var (input, output) in Types.SelectMany(static i => Types.Select(o => (i, o))))
        {
            var found = Run(march, p => call(p, input, output)).Where(v => v.Arguments.Count > 1 && v.Arguments[1] == name).Select(static v => v.Rule).ToHashSet();
            if (support is null)
            {
                Assert.Equal([MarchRules.Primitive], found);
                continue;
            }

            Assert.Equal(!support.Reads.Contains(input), found.Contains(MarchRules.InputType));
            Assert.True(support.Writes.Contains(output) || found.Contains(MarchRules.OutputType) || !DecidesItsType(call));
        }
    }

    [Fact]
    public void Type_ThatTheMarchLacks_IsNamedWithTheLayer()
    {
        var checker = new MarchChecker(MarchSpec.Get(March.Bernoulli2));
        checker.Layer("layer1.pool");
        checker.MaxPool(Fact.Of(new(1, 8, 4, 4), DType.QInt16), new(2, 2));
        Assert.Equal(
            [
                "QG4003 at 'layer1.pool': BERNOULLI2 reads qint8 in max pooling; this one reads [1, 8, 4, 4] qint16. Quantize the layer before to that type, or choose a march that reads this one.",
                "QG4004 at 'layer1.pool': BERNOULLI2 writes qint8 in max pooling; this one writes [1, 8, 3, 3] qint16. Quantize the layer to that type, or choose a march that writes this one.",
            ],
            checker.Violations.Select(static v => v.ToString()));
    }

    /// <summary>Whether a constant decides the type of the result.</summary>
    private static bool DecidesItsType(Action<IPrimitives<Fact>, DType, DType> call)
    {
        static long Bytes(Action<IPrimitives<Fact>, DType, DType> call, DType output)
        {
            var cost = new CostChecker();
            call(cost, DType.QInt8, output);
            return cost.Layers[^1].ActivationBytes!.Value;
        }

        return Bytes(call, DType.QInt8) != Bytes(call, DType.QInt16);
    }

    private static IReadOnlyList<Violation> Run(March march, Action<IPrimitives<Fact>> program)
    {
        var checker = new MarchChecker(MarchSpec.Get(march));
        program(checker);
        return checker.Violations;
    }
}
