using System.Runtime.CompilerServices;
using DiffPlex.DiffBuilder;
using DiffPlex.DiffBuilder.Model;

namespace QatGen.Generators.Tests;

/// <summary>Compares a text with the accepted one in <c>Class.snap/Test.txt</c> beside the test; <c>QATGEN_ACCEPT=1</c> writes it, never where <c>CI=true</c>.</summary>
internal static class Snapshot
{
    public static void Match(string actual, [CallerFilePath] string file = "", [CallerMemberName] string test = "")
    {
        var accepted = Path.Combine(Path.GetDirectoryName(file)!, Path.GetFileNameWithoutExtension(file) + ".snap", test + ".txt");
        var expected = File.Exists(accepted) ? File.ReadAllText(accepted) : "";
        if (expected == actual)
        {
            return;
        }

        if (Environment.GetEnvironmentVariable("QATGEN_ACCEPT") == "1" && Environment.GetEnvironmentVariable("CI") != "true")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(accepted)!);
            File.WriteAllText(accepted, actual);
            return;
        }

        var changes = InlineDiffBuilder.Diff(expected, actual).Lines.Where(static l => l.Type != ChangeType.Unchanged).Select(static l => (l.Type == ChangeType.Inserted ? "+ " : "- ") + l.Text);
        Assert.Fail($"{accepted} differs; QATGEN_ACCEPT=1 accepts.\n{string.Join("\n", changes)}");
    }
}
