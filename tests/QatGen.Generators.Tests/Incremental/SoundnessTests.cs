using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using static QatGen.Generators.Tests.Incremental.Project;

namespace QatGen.Generators.Tests.Incremental;

/// <summary>Edits in other files that change a model, through every way in which C# lets one file change how another binds.</summary>
public sealed class SoundnessTests
{
    private const string Relu = "functional.relu(x)";
    private const string Relu6 = "functional.relu6(x)";

    [Fact]
    public void Constant_InAnotherFile_IsSeen() => AssertSees([Net(width: "Settings.Width"), Settings(8)], [Net(width: "Settings.Width"), Settings(16)]);

    [Fact]
    public void Constant_ThroughAThirdFile_IsSeen()
    {
        string[] files = [Net(width: "Settings.Width"), "namespace Vision; public static class Settings { public const int Width = Sizes.Small; }"];
        AssertSees([.. files, "namespace Vision; internal enum Unused; internal static class Sizes { public const int Small = 8; }"], [.. files, "namespace Vision; internal static class Sizes { public const int Small = 16; }"]);
    }

    [Fact]
    public void Enum_InAnotherFile_IsSeen() =>
        AssertSees([Net(width: "(int)Size.Small"), "namespace Vision; public enum Size { Small = 8 }"], [Net(width: "(int)Size.Small"), "namespace Vision; public enum Size { Small = 16 }"]);

    [Fact]
    public void Type_OfACloserNamespace_IsSeen() =>
        AssertSees([Net(width: "Settings.Width"), Settings(8)], [Net(width: "Settings.Width"), Settings(8), Settings(16, "Vision.Nets")]);

    [Fact]
    public void Type_ThatHidesALibraryType_IsSeen() => AssertSees(
        [Net(width: "(int)Math.Max(8, 4)"), GeneratorRun.Usings],
        [Net(width: "(int)Math.Max(8, 4)"), GeneratorRun.Usings, "namespace Vision; internal static class Math { public static int Max(int a, int b) => a + b; }"]);

    [Fact]
    public void Namespace_OfTheNameOfAType_IsSeen() =>
        AssertSees([Net(width: "Settings.Width"), Settings(8)], [Net(width: "Settings.Width"), Settings(8), "namespace Vision.Nets.Settings; internal class Empty;"]);

    [Fact]
    public void Attribute_ThatHidesOurs_IsSeen() =>
        AssertSees([Net()], [Net(), "namespace Vision; internal sealed class InputShapeAttribute(params int[] shape) : System.Attribute { public int[] Shape => shape; }"]);

    [Fact]
    public void Extension_OfACloserNamespace_IsSeen()
    {
        var net = Net("return conv.call(x).Activate();");
        AssertSees([net, Extension("Vision", Relu)], [net, Extension("Vision", Relu), Extension("Vision.Nets", Relu6)]);
    }

    [Fact]
    public void UsingStatic_OfAnEditedClass_IsSeen()
    {
        var net = Net(width: "Width()", head: "using static Vision.Tools;");
        AssertSees([net, Tools("public static int Width() => 8;")], [net, Tools("public static int Width() => 16;")]);
    }

    [Fact]
    public void Overload_AddedInAnotherPart_IsSeen()
    {
        var net = Net(width: "Width(2)", head: "using static Vision.Tools;");
        var tools = Tools("public static int Width(long n) => 8;");
        AssertSees([net, tools], [net, tools, Tools("public static int Width(int n) => 16;")]);
    }

    [Fact]
    public void Base_InAnotherFile_IsSeen()
    {
        string Base(string body) => Usings + $"namespace Vision; public abstract class Base(string name) : Module<Tensor, Tensor>(name) {{ protected Tensor Last(Tensor x) => {body}; }}";
        var net = Net("return Last(conv.call(x));", bases: "Base");
        AssertSees([net, Base(Relu)], [net, Base(Relu6)]);
    }

    [Fact]
    public void NestedType_InAnotherPartOfTheBase_IsSeen()
    {
        var parent = Usings + "namespace Vision; public abstract partial class Base(string name) : Module<Tensor, Tensor>(name);";
        var net = Net(width: "Settings.Width", bases: "Base");
        AssertSees([net, parent, Settings(8)], [net, parent, Settings(8), "namespace Vision; partial class Base { protected static class Settings { public const int Width = 16; } }"]);
    }

    [Fact]
    public void Part_OfTheModelInANewFile_IsSeen()
    {
        var net = Net("return Last(conv.call(x));", members: $"private static Tensor Last(object y) {{ var x = (Tensor)y; return {Relu}; }}");
        AssertSees([net], [net, Usings + $"namespace Vision.Nets; partial class Net {{ private static Tensor Last(Tensor x) => {Relu6}; }}"]);
    }

    [Fact]
    public void Block_InAnotherFile_IsSeen()
    {
        string Block(int kernel) => Usings + $$"""
            namespace Vision;
            public sealed class Block : Module<Tensor, Tensor>
            {
                private readonly Conv2d conv = Conv2d(8, 8, kernel_size: {{kernel}});
                public Block() : base("Block") => RegisterComponents();
                public override Tensor forward(Tensor x) => conv.call(x);
            }
            """;
        var net = Net("return block.call(conv.call(x));", members: "private readonly Block block = new();");
        AssertSees([net, Block(1)], [net, Block(3)]);
    }

    [Fact]
    public void Conversion_OfATypeInAnotherFile_IsSeen()
    {
        string Channels(int factor) => $"namespace Vision; public readonly struct Channels(int n) {{ public int N => n; public static implicit operator long(Channels c) => c.N * {factor}; }}";
        var net = Net(width: "new Channels(4)");
        AssertSees([net, Channels(2)], [net, Channels(4)]);
    }

    [Fact]
    public void GlobalUsing_Added_IsSeen()
    {
        string[] files = [Net(width: "Width()"), Tools("public static int Width() => 8;")];
        AssertSees(files, [.. files, "global using static Vision.Tools;"]);
    }

    [Fact]
    public void GlobalUsing_OfAnEditedClass_IsSeen()
    {
        string[] files = [Net(width: "Width()"), "global using static Vision.Tools;"];
        AssertSees([.. files, Tools("public static int Width() => 8;")], [.. files, Tools("public static int Width() => 16;")]);
    }

    [Fact]
    public void GlobalAlias_ThatPointsElsewhere_IsSeen()
    {
        string[] files = [Net(width: "Chosen.Width"), "namespace Vision { public static class A { public const int Width = 8; } public static class B { public const int Width = 16; } }"];
        AssertSees([.. files, "global using Chosen = Vision.A;"], [.. files, "global using Chosen = Vision.B;"]);
    }

    [Fact]
    public void TopLevelVariable_OfTheNameOfAType_IsSeen()
    {
        string[] files = [Net(width: "Settings.Width"), Settings(8, "")];
        AssertSees(files, [.. files, "var Settings = 1; System.Console.WriteLine(Settings);"], new CSharpCompilationOptions(OutputKind.ConsoleApplication));
    }

    [Fact]
    public void File_Removed_IsSeen() => AssertSees([Net(width: "Settings.Width"), Settings(8)], [Net(width: "Settings.Width")]);

    [Fact]
    public void Files_InAnotherOrder_GiveWhatTheyGiveAtFirst()
    {
        var net = Net("return last.call(conv.call(x));");
        var part = Usings + "namespace Vision.Nets; partial class Net { private readonly ReLU last = ReLU(); }";
        AssertSees([net, part], [part, net], expectChange: false);
    }

    [Fact]
    public void Reference_OfAnotherVersion_IsSeen() => AssertSees([Net(width: "Library.Sizes.Width")], [Net(width: "Library.Sizes.Width")], references: [Library(16)], referencesBefore: [Library(8)]);

    [Fact]
    public void PreprocessorSymbol_Added_IsSeen()
    {
        string[] files = [Net(width: "Settings.Width"), "namespace Vision; public static class Settings { public const int Width =\n#if WIDE\n16;\n#else\n8;\n#endif\n}"];
        AssertSees(files, files, parsing: GeneratorRun.Options.WithPreprocessorSymbols("WIDE"));
    }

    [Fact]
    public void OverflowChecks_Added_AreSeen()
    {
        string[] files = [Net(width: "Settings.Width(int.MaxValue)"), "namespace Vision; public static class Settings { public static int Width(int n) => n + n + 10; }"];
        AssertSees(files, files, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, checkOverflow: true));
    }

    private static string Settings(int width, string space = "Vision") => $"{(space.Length == 0 ? "" : $"namespace {space};")} internal static class Settings {{ public const int Width = {width}; }}";

    private static string Tools(string members) => $"namespace Vision; public static partial class Tools {{ {members} }}";

    private static string Extension(string space, string body) => Usings + $"namespace {space}; internal static class Extensions {{ public static Tensor Activate(this Tensor x) => {body}; }}";

    private static MetadataReference Library(int width)
    {
        using var image = new MemoryStream();
        var tree = CSharpSyntaxTree.ParseText($"namespace Library; public static class Sizes {{ public const int Width = {width}; }}");
        Assert.True(CSharpCompilation.Create("Library", [tree], GeneratorRun.References, new(OutputKind.DynamicallyLinkedLibrary)).Emit(image).Success);
        return MetadataReference.CreateFromImage(image.ToArray());
    }
}
