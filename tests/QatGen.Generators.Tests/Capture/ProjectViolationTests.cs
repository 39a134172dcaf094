using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace QatGen.Generators.Tests.Capture;

/// <summary>What cannot be taken from another project is said where it is used; what cannot be a block is said in the block.</summary>
public class ProjectViolationTests
{
    private const string Block = """
        [QatBlock]
        public partial class Block : Module<Tensor, Tensor>
        {
            private readonly Conv2d conv;
            public readonly ReLU relu = ReLU();
            public int Width { get; set; }
            public Block(int width, int kernel = 1) : base("block") { Width = width; conv = Conv2d(4, width, kernel, stride: 4 / kernel); RegisterComponents(); }
            public override Tensor forward(Tensor x) => relu.call(conv.call(x));
            public Tensor Twice(Tensor x) => forward(forward(x));
        }

        public class Plain : Module<Tensor, Tensor>
        {
            public Plain() : base("plain") { RegisterComponents(); }
            public override Tensor forward(Tensor x) => x;
        }

        public class Derived : Block
        {
            public Derived() : base(4) { RegisterComponents(); }
        }
        """;

    [Theory]
    [InlineData("private readonly Plain b = {|QG1008:new Plain()|};", "b.call(x)", "put [QatBlock] on the module class")]
    [InlineData("private readonly Derived b = {|QG1008:new()|};", "b.call(x)", "'Derived'")]
    [InlineData("private readonly Block b = new(4);", "{|QG1008:b.Twice(x)|}", "'Block.Twice'")]
    [InlineData("private readonly Block b = {|QG1006:new(4) { Width = 3 }|};", "b.call(x)", "object initializer")]
    [InlineData("private readonly Block b = new(4);", "{|QG1006:b.relu|}.call(x)", "the member relu")]
    [InlineData("private readonly Block b = new(4, 0);", "{|QG1006:b.call(x)|}", "divides by zero")]
    [InlineData("private readonly List<Block> b = new() { new(4) };", "{|QG1006:b[0].call(x)|}", "not registered")]
    [InlineData("private readonly Block b; public Model(int kernel) : this() { b = new(4, kernel); RegisterComponents(); }", "{|QG1005:b.call(x)|}", "'kernel'")]
    [InlineData("private readonly Block b = new(4); private readonly ReLU r; public Model(Block other) : this() { r = other.relu; }", "{|QG1005:r|}.call(x)", "'other.relu'")]
    public void Use_ThatTheGraphDoesNotTell_IsSaidWhereItIs(string fields, string forward, string message)
    {
        var constructor = fields.Contains("Model(", StringComparison.Ordinal) ? fields.Replace(" : this()", " : base(\"m\")", StringComparison.Ordinal) : fields + " public Model() : base(\"m\") { RegisterComponents(); }";
        var messages = Markup.VerifySource(
            "using Blocks;\n" + Differential.Source($"{constructor} public override Tensor forward(Tensor x) => {forward};"), new Library(Library.Source(Block)).Reference(asInAnEditor: false));
        Assert.Contains(message, messages);
    }

    [Theory]
    [InlineData("for (var i = 0; {|QG1005:i < width|}; i++) { }", "x")]
    [InlineData("", "conv.call(x)", "{|QG1005:padding|}")]
    [InlineData("var sizes = new long[{|QG1005:width|}];", "x")]
    [InlineData("if (width < 0) { throw new ArgumentException(); } all.Add(width > 1 ? ReLU() : ReLU6()); if (Name(width) == \"a\") { all.Add(ReLU()); }", "{|QG1005:all[0]|}.call(x)")]
    public void Block_WhoseStructureDependsOnArguments_IsRefused(string constructor, string forward, string mode = "PaddingModes.Zeros")
    {
        Markup.VerifySource(Differential.Header + $$"""
            [QatBlock]
            public partial class Model : Module<Tensor, Tensor>
            {
                private readonly int width;
                private readonly Conv2d conv;
                private readonly List<Module<Tensor, Tensor>> all = new();
                private static string Name(int width) => width.ToString();
                public Model(int width, PaddingModes padding) : base("m")
                {
                    this.width = width;
                    {{constructor}}
                    conv = Conv2d(4, 4, 1, padding_mode: {{mode}});
                    RegisterComponents();
                }

                public override Tensor forward(Tensor x) => {{forward}};
            }
            """);
    }

    /// <summary>A block may call what has no operator: it is said where a model uses it, and only there.</summary>
    [Theory]
    [InlineData("private readonly Open b = new();", "{|QG1003:b.call(x)|}", "F.hardshrink(x)", "'functional.hardshrink'")]
    [InlineData("private readonly Open b = new();", "{|QG1003:b.call(x)|}", "kept.call(x)", "'[KeepAsIs] Kept'")]
    [InlineData("private readonly Kept b = new();", "{|QG1003:b.call(x)|}", "x", "'[KeepAsIs] Kept'")]
    public void Block_WithACallWithoutOperator_IsSaidWhereAModelUsesIt(string fields, string forward, string blockForward, string message)
    {
        var blocks = Library.Source($$"""
            [QatBlock]
            public partial class Open : Module<Tensor, Tensor>
            {
                public readonly Kept kept = new();
                public Open() : base("open") { RegisterComponents(); }
                public override Tensor forward(Tensor x) => {{blockForward}};
            }

            [KeepAsIs]
            public class Kept : Module<Tensor, Tensor>
            {
                public Kept() : base("kept") { RegisterComponents(); }
                public override Tensor forward(Tensor x) => x.sum().item<float>() > 0 ? x : -x;
            }
            """);
        Assert.Empty(CaptureHarness.Capture(CaptureHarness.Compile(blocks), "Open").Violations);
        var source = Differential.Source($"{fields} public Model() : base(\"m\") {{ RegisterComponents(); }} public override Tensor forward(Tensor x) => {forward};");
        Assert.Contains(message, Markup.VerifySource("using Blocks;\n" + source, new Library(blocks).Reference(asInAnEditor: false)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("int", "{|QG1006:Own(x)|}")]
    [InlineData("int", "{|QG1005:x.narrow(2, 0, x.shape[2] / setting)|}")]
    [InlineData("string", "{|QG1005:torch.linalg.cond(x, setting.Trim())|}")]
    public void Block_WhoseCallOtherProjectsCannotWrite_IsRefused(string type, string forward) => Markup.VerifySource(Differential.Header + $$"""
        [QatBlock]
        public partial class Model : Module<Tensor, Tensor>
        {
            private readonly {{type}} setting;
            public Model({{type}} setting) : base("m") { this.setting = setting; RegisterComponents(); }
            [KeepAsIs] internal static Tensor Own(Tensor x) => x;
            public override Tensor forward(Tensor x) => {{forward}};
        }
        """);

    [Fact]
    public void Block_NotPartial_QG1001()
    {
        var source = Library.Source(Block).Replace("partial class", "class", StringComparison.Ordinal);
        Assert.Equal("QG1001", Assert.Single(CaptureHarness.Capture(CaptureHarness.Compile(source), "Block").Violations).Violation.Rule.Id);
    }

    /// <summary>The other project was built with another version, or its assembly is damaged.</summary>
    [Theory]
    [InlineData("\"8 ", "\"9 ", "version 9")]
    [InlineData("Conv2d", "Conv3d", "checksum")]
    [InlineData("\"8 ", "\"", "version")]
    [InlineData("\"8 ", "\"", "version", true)]
    public void Constant_OfAnotherVersion_QG1025(string text, string damaged, string message, bool asInAnEditor = false)
    {
        var compilation = GeneratorRun.Compile(Library.Source(Block), GeneratorRun.Usings).WithAssemblyName("Library");
        GeneratorRun.Driver().RunGeneratorsAndUpdateCompilation(compilation, out var whole, out _);
        var generated = whole.SyntaxTrees.Last();
        var tree = CSharpSyntaxTree.ParseText(generated.ToString().Replace(text, damaged, StringComparison.Ordinal), GeneratorRun.Options);
        whole = whole.ReplaceSyntaxTree(generated, tree);
        using var image = new MemoryStream();
        Assert.True(whole.Emit(image, cancellationToken: CancellationToken.None).Success);
        MetadataReference reference = asInAnEditor ? whole.ToMetadataReference() : MetadataReference.CreateFromImage(image.ToArray());
        var messages = Markup.VerifySource(
            "using Blocks;\n" + Differential.Source("private readonly Block b = {|QG1025:new(4)|}; public Model() : base(\"m\") { RegisterComponents(); } public override Tensor forward(Tensor x) => b.call(x);"), reference);
        Assert.Contains("'Block'", messages);
        Assert.Contains(message, messages);
        Assert.Contains("Rebuild that project", messages);
    }
}
