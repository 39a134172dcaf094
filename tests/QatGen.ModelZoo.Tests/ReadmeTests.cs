using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using ModelZoo;

namespace QatGen.ModelZoo.Tests;

/// <summary>The library's README is written from its entries; <c>QATGEN_ACCEPT=1</c> writes it anew.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public void Table_IsFresh()
    {
        var page = new StringBuilder("""
            # Model zoo

            Published networks as a .NET engineer writes them in TorchSharp. Their source is what QatGen's capture is tried on; their numbers of parameters and multiply-accumulates equal the published ones.
            Written from `Zoo` by `tests/QatGen.ModelZoo.Tests` (`QATGEN_ACCEPT=1 dotnet test tests/QatGen.ModelZoo.Tests`), which also counts both.

            | model | input | parameters | multiply-accumulates | source of the figures |
            |---|---|---|---|---|

            """);
        foreach (var entry in Zoo.All.OrderBy(static e => e.Name, StringComparer.Ordinal))
        {
            var shapes = string.Join(", ", entry.InputShapes.Select(static s => string.Join(" x ", s)));
            page.Append(CultureInfo.InvariantCulture, $"| {entry.Name} | {shapes} | {entry.Parameters:N0} | {(entry.Macs == 0 ? "" : entry.Macs.ToString("N0", CultureInfo.InvariantCulture))} | {entry.Source} |\n");
        }

        var file = Path.Combine(Path.GetDirectoryName(Here())!, "../../samples/ModelZoo/README.md");
        if (Environment.GetEnvironmentVariable("QATGEN_ACCEPT") == "1" && Environment.GetEnvironmentVariable("CI") != "true")
        {
            File.WriteAllText(file, page.ToString());
        }

        Assert.True(File.Exists(file) && File.ReadAllText(file) == page.ToString(), "samples/ModelZoo/README.md is stale; QATGEN_ACCEPT=1 writes it.");
    }

    private static string Here([CallerFilePath] string here = "") => here;
}
