using System.Globalization;
using QatGen.Operators;

namespace QatGen.Conformance.Samples;

/// <summary>
/// Random shapes, scales from 2^-12 to 2^12, types and data for every operator: all rungs agree, or a rule refuses the scales. <c>QATGEN_SEED</c> and <c>QATGEN_SAMPLES</c> say with which
/// seed to begin and how many samples of each operator to run.
/// </summary>
public sealed class SampleTests(Xunit.Abstractions.ITestOutputHelper log)
{
    private static readonly int First = Setting("QATGEN_SEED", 1);

    private static readonly int Count = Setting("QATGEN_SAMPLES", 8);

    public static TheoryData<string> Names => new(Catalogue.All.Where(static o => o.Examples().Any()).Select(static o => o.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void Samples_AgreeOrAreRefused(string op)
    {
        var outcomes = new List<Outcome>();
        for (var seed = First; seed < First + Count || (seed < First + (4 * Count) && !outcomes.Any(static o => o.Kind == OutcomeKind.Agreed)); seed++)
        {
            var sample = Sample.Draw(Catalogue.Get(op), seed);
            var outcome = SampleRun.Of(sample);
            if (outcome.Kind == OutcomeKind.Failed)
            {
                var least = Shrinker.Shrink(sample, static s => SampleRun.Of(s).Kind == OutcomeKind.Failed);
                Assert.Fail($"{SampleRun.Of(least).Message}\n  {least}\n  from: {outcome.Message}\n  {sample}\n  QATGEN_SEED={seed} QATGEN_SAMPLES=1 dotnet test tests/QatGen.Conformance --filter \"DisplayName~SampleTests&DisplayName~{op}\"");
            }

            outcomes.Add(outcome);
        }

        log.WriteLine($"{op}: {string.Join(", ", outcomes.GroupBy(static o => o.Kind).OrderBy(static g => g.Key).Select(static g => $"{g.Count()} {g.Key}"))}, {outcomes.Sum(static o => o.Values)} values");
        Assert.True(outcomes.Any(static o => o.Kind == OutcomeKind.Agreed), string.Join("\n", outcomes));
    }

    [Fact]
    public void Shrinking_LeavesWhatTheFailureNeeds()
    {
        var sample = Sample.Draw(Catalogue.Get("ReLU"), 3) with { Batch = 5, Data = DataKind.Saturated, ResultFactor = 4096 };
        sample = sample with { Example = Example.Of("map", sample.Example.Node, [1, 13, 7, 31]) };
        var least = Shrinker.Shrink(sample, static s => s.Example.InputShapes[0][3] >= 4 && s.Data != DataKind.Zero);
        Assert.Equal([1, 1, 1, 4], least.Example.InputShapes[0]);
        Assert.Equal((1, DataKind.Single, 1.0), (least.Batch, least.Data, least.ResultFactor));
    }

    /// <summary>The largest scale over the smallest: the ratio is beyond what a shift can hold, and the rule says so instead of a number.</summary>
    [Theory]
    [InlineData(DType.QInt8)]
    [InlineData(DType.QInt16)]
    public void RatioOutOfRange_IsRefused(DType type)
    {
        var add = Catalogue.Get("Add").Examples().First(static e => e.InputShapes.Count == 2 && e.Node.Attributes["alpha"] is null);
        var sample = new Sample(add, 1, type, type, new(1 << 22, 1 << 22), 1.0 / (1L << 46), 1, DataKind.Even, 1);
        var outcome = SampleRun.Of(sample);
        Assert.Equal(OutcomeKind.Refused, outcome.Kind);
        Assert.Contains(QuantizationRules.NoShift.Id, outcome.Message, StringComparison.Ordinal);
    }

    private static int Setting(string name, int otherwise) => int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
