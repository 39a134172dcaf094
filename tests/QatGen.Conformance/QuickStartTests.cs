using QuickStart;

namespace QatGen.Conformance;

/// <summary>The sample, as its first command runs it with --quick.</summary>
public sealed class QuickStartTests
{
    [LongFact]
    public void QuickRun_ThenResumed_AgreesBitForBitAndGivesTheSame()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "quickstart");
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        var first = Run("--quick", "--output", folder);
        Assert.Equal((2000, 0), (first.TestImages, first.DifferingValues));
        Assert.Equal((first.Qat, first.Qat), (first.FixedPoint, first.Simulator));
        Assert.True(first.Float > 70, $"float top-1 is {first.Float}");
        Assert.InRange(first.Qat, first.FloatFineTuned - 3, 100);

        // Everything comes from the files now: checkpoints, integer program and BPU program.
        var resumed = Run("--quick", "--resume", "--output", folder);
        Assert.Equal(first with { Seconds = 0 }, resumed with { Seconds = 0 });
        Assert.Empty(Directory.GetFiles(folder, "*.tmp"));

        // A checkpoint that was cut off is refused by name, and stays as it is.
        var program = Path.Combine(folder, "net.hbm");
        File.WriteAllBytes(program, File.ReadAllBytes(program)[..^100]);
        var refused = Assert.Throws<QatGenException>(() => Run("--quick", "--resume", "--output", folder));
        Assert.Equal(FileRules.Damaged, refused.Violations.Single().Rule);
        Assert.Contains("net.hbm", refused.Message, StringComparison.Ordinal);
    }

    private static Result Run(params string[] arguments) => Application.Run(Options.Parse(arguments).Options!);
}
