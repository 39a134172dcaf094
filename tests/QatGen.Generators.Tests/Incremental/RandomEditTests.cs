using QatGen.Generators.Incremental;
using static QatGen.Generators.Tests.Incremental.Project;

namespace QatGen.Generators.Tests.Incremental;

/// <summary>A long session of random edits gives at each step what a first run gives.</summary>
public sealed class RandomEditTests
{
    private const string Relu = "functional.relu(x)";
    private const string Relu6 = "functional.relu6(x)";

    /// <summary>Per file of the project, the texts that it may have; empty: there is no such file. Most of them mean something only together with others.</summary>
    private static readonly string[][] Files =
    [
        [
            Net(), Net(width: "Settings.Width"), Net(width: "Width(2)", head: "using static Vision.Tools;"), Net(width: "Width(2)"), Net("return conv.call(x).Activate();"),
            Net("return Last(conv.call(x));", bases: "Base"),
            Net("return Last(conv.call(x));", width: "Settings.Width", bases: "Base"),
            Net("return block.call(conv.call(x));", members: "private readonly Block block = new(8);"),
            Net(width: "Chosen.Width").Replace("public partial class Net", "public class Net", StringComparison.Ordinal),
            Net(width: "new Channels(Settings.Width)"), Net("return conv.call(x", width: "Settings.Width"),
        ],
        ["", Settings("8"), Settings("16"), Settings("Sizes.Small"), Settings("Sizes.Small", "Vision.Nets")],
        ["", Settings("24", "Vision.Nets"), Settings("32", ""), "namespace Vision.Nets.Settings; internal class Empty;", "namespace Vision; internal static class Settings { public const int Wi"],
        ["", "namespace Vision; internal static class Sizes { public const int Small = 4; }", "internal static class Sizes { public const int Small = 12; }"],
        [
            "",
            "namespace Vision; public static partial class Tools { public static int Width(long n) => (int)n * 4; }",
            "namespace Vision; public static partial class Tools { public static int Width(object n) => 20; }",
        ],
        ["", "namespace Vision; public static partial class Tools { public static int Width(int n) => n * 8; }", "namespace Vision; partial class Tools { public const int Height = 1; }"],
        ["", Extension("Vision", Relu), Extension("Vision", Relu6), Extension("Apart", Relu6)],
        ["", Extension("Vision.Nets", Relu6), Extension("", Relu)],
        ["", "global using static Vision.Tools;", "global using Apart;", "global using Chosen = Vision.Sizes; global using Vision;", GeneratorRun.Usings],
        ["", Base(Relu), Base(Relu6), Base(Relu, "Apart")],
        [
            "",
            "namespace Vision; partial class Base { protected static class Settings { public const int Width = 40; } }",
            Usings + $"namespace Vision; partial class Base {{ protected static Tensor Last(object x) => {Relu6}; }}",
        ],
        ["", Block(1), Block(3), Block(3, "Vision.Nets")],
        [
            "",
            "namespace Vision; public readonly struct Channels(int n) { public int N => n; public static implicit operator long(Channels c) => c.N * 2; }",
            "namespace Vision; public readonly struct Channels(long n);",
        ],
        [
            "",
            "namespace Vision; internal sealed class InputShapeAttribute(params int[] shape) : System.Attribute { public int[] Shape => shape; }",
            "namespace Vision; internal sealed class Service { public int Width => 1; private int conv; }",
            "namespace Apart; internal class Settings;",
        ],
        [
            "",
            Usings + $"namespace Vision.Nets; partial class Net {{ private static Tensor Last(Tensor x) => {Relu}; }}",
            "namespace Vision.Nets; partial class Net { private const int Unused = 1; }",
            "namespace Vision.Nets; [QatGen.QatModel(QatGen.March.Bernoulli2)] partial class Net;",
        ],
    ];

    [Fact]
    public void Session_OfRandomEdits_GivesWhatFirstRunsGive()
    {
        var steps = Environment.GetEnvironmentVariable("QATGEN_LONG") == "1" ? 1000 : 150;
        var random = new Random(20);
        var project = new Project();
        var chosen = Files.Select(f => f[random.Next(f.Length)]).ToArray();
        var outcomes = new HashSet<string>();
        for (var step = 0; step < steps; step++)
        {
            var file = Math.Max(0, random.Next(-Files.Length / 2, Files.Length));
            chosen[file] = Files[file][random.Next(Files[file].Length)];
            string[] present = [.. chosen.Where(static f => f.Length > 0)];
            var expected = Outcome(new(), present);
            Assert.True(expected == Outcome(project, present), $"Step {step}, file {file}:\n{string.Join("\n----\n", present)}");
            if (random.Next(3) == 0)
            {
                var generated = project.Generated();
                ModelReader.Read(generated.GetTypeByMetadataName("Vision.Nets.Net")!, generated, CancellationToken.None);
            }

            outcomes.Add(expected);
        }

        Assert.True(outcomes.Count >= 8, $"The edits lead to {outcomes.Count} outcomes only.");
    }

    /// <summary>The generated files and what the analyzer would report.</summary>
    private static string Outcome(Project project, string[] files)
    {
        var generated = project.Run(files).OrderBy(static f => f.Key, StringComparer.Ordinal).Select(static f => f.Key + f.Value);
        return string.Join("\n", generated.Concat(project.Read().Captured.Violations.Select(static v => $"{v.Violation} at {v.Location.SourceSpan}")));
    }

    private static string Settings(string width, string space = "Vision") =>
        $"{(space.Length == 0 ? "" : $"namespace {space};")} internal static class Settings {{ public const int Width = {width}; }}";

    private static string Extension(string space, string body) =>
        Usings + $"{(space.Length == 0 ? "" : $"namespace {space};")} internal static class Extensions {{ public static Tensor Activate(this Tensor x) => {body}; }}";

    private static string Base(string body, string space = "Vision") =>
        Usings + $"namespace {space}; public abstract partial class Base(string name) : Module<Tensor, Tensor>(name) {{ protected static Tensor Last(Tensor x) => {body}; }}";

    private static string Block(int kernel, string space = "Vision") => Usings + $$"""
        namespace {{space}};
        public sealed class Block : Module<Tensor, Tensor>
        {
            private readonly Conv2d conv;
            public Block(int n) : base("Block") { conv = Conv2d(n, n, kernel_size: {{kernel}}); RegisterComponents(); }
            public override Tensor forward(Tensor x) => conv.call(x);
        }
        """;
}
