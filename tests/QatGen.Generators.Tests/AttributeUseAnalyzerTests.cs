using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Testing;
using QatGen.Generators.Analyzers;

namespace QatGen.Generators.Tests;

public sealed class AttributeUseAnalyzerTests
{
    [Fact]
    public Task InputShape_OnAModel_IsFine() => Verify("""
        [QatModel(March.Bayes), InputShape(1, 3, 8, 8)]
        public partial class Net() : Module<Tensor, Tensor>("Net")
        {
            public override Tensor forward([Quantize(Scale = 0.5)] Tensor x) => x;
        }
        """);

    [Fact]
    public Task InputShape_OnABlock_HasNoEffect() => Verify("""
        [{|#0:InputShape(1, 3, 8, 8)|}]
        public class Block() : Module<Tensor, Tensor>("Block")
        {
            public override Tensor forward(Tensor x) => x;
        }
        """, "[InputShape] on 'Block' has no effect: the class has no [QatModel]. Remove it, or put it where it applies.");

    [Fact]
    public Task InputShape_BeyondTheInputs_HasNoEffect() => Verify("""
        [QatModel(March.Bayes), InputShape(1, 3, 8, 8), {|#0:InputShape(1, 3, 8, 8)|}]
        public partial class Net() : Module<Tensor, Tensor>("Net")
        {
            public override Tensor forward(Tensor x) => x;
        }
        """, "[InputShape] on 'Net' has no effect: forward has 1 inputs. Remove it, or put it where it applies.");

    [Fact]
    public Task Quantize_OnAHelpersParameter_HasNoEffect() => Verify("""
        [QatModel(March.Bayes)]
        public partial class Net() : Module<Tensor, Tensor>("Net")
        {
            public override Tensor forward(Tensor x) => Twice(x);

            private static Tensor Twice([{|#0:Quantize(Scale = 0.5)|}] Tensor x) => x + x;
        }
        """, "[Quantize] on 'x' has no effect: only an input of a model's forward is quantized. Remove it, or put it where it applies.");

    [Fact]
    public Task QatBlock_OnAModel_HasNoEffect() => Verify("""
        [QatModel(March.Bayes), {|#0:QatBlock|}]
        public partial class Net() : Module<Tensor, Tensor>("Net")
        {
            public override Tensor forward(Tensor x) => x;
        }
        """, "[QatBlock] on 'Net' has no effect: a class with [QatModel] is a block for other projects anyway. Remove it, or put it where it applies.");

    [Theory]
    [InlineData("[{|#0:ModelArgs(1)|}] public class Net : BASE { NET }", "ModelArgs", "Net", "the class has no [QatModel] or [QatBlock]")]
    [InlineData("[{|#0:QatBlock|}] internal partial class Net : BASE { NET }", "QatBlock", "Net", "no other project can contain a class that is not public")]
    [InlineData("[QatModel(March.Bayes), {|#0:KeepAsIs|}] public partial class Net : BASE { NET }", "KeepAsIs", "Net", "a class with [QatModel] or [QatBlock] is captured itself")]
    [InlineData("[QatBlock, {|#0:KeepAsIs|}] public partial class Net : BASE { NET }", "KeepAsIs", "Net", "a class with [QatModel] or [QatBlock] is captured itself")]
    [InlineData("[{|#0:HighPrecisionOutput|}] public class Net : BASE { NET }", "HighPrecisionOutput", "Net", "the class has no [QatModel]")]
    [InlineData("public class Net : BASE { NET [{|#0:HighPrecisionOutput|}] public static readonly Module<Tensor, Tensor>? a = null; }", "HighPrecisionOutput", "a", "only what an object holds has a result")]
    [InlineData("public class Net : BASE { NET [{|#0:HighPrecisionOutput(false)|}] public readonly Tensor? a = null; }", "HighPrecisionOutput", "a", "the field holds no module")]
    [InlineData("[{|#0:Quantize(Bits = 4)|}] public class Net { }", "Quantize", "Net", "the class is no TorchSharp module")]
    [InlineData("[{|#0:Quantize(Scale = 0.5)|}] public class Net : BASE { NET }", "Quantize", "Net", "Scale is for single inputs and operators")]
    [InlineData("public class Net : BASE { NET [{|#0:Quantize(Bits = 4)|}] public static readonly Module<Tensor, Tensor>? a = null; }", "Quantize", "a", "only what an object holds is quantized")]
    [InlineData("public class Net : BASE { NET [{|#0:Quantize(Bits = 4)|}] public readonly int a = 3; }", "Quantize", "a", "the field holds no module")]
    [InlineData("[QatModel(March.Bayes)] public partial class Net() : BASE(\"n\") { public override Tensor forward([{|#0:Quantize(Bits = 4)|}] Tensor x) => x; }", "Quantize", "x", "Bits is for operators")]
    [InlineData("[{|#0:KeepAsIs|}] public class Net { }", "KeepAsIs", "Net", "the class is no TorchSharp module")]
    [InlineData("public class Net : BASE { NET [{|#0:KeepAsIs|}] public static readonly Module<Tensor, Tensor>? a = null; }", "KeepAsIs", "a", "only what an object holds is kept")]
    [InlineData("public class Net : BASE { NET [{|#0:KeepAsIs|}] public readonly int a = 3; }", "KeepAsIs", "a", "the field holds no module")]
    [InlineData("public class Net : BASE { NET [{|#0:KeepAsIs|}] public readonly Tensor? a = null; }", "KeepAsIs", "a", "the field holds no module")]
    [InlineData("public class Net : BASE { NET [{|#0:KeepAsIs|}] public int Twice(int n) => 2 * n; }", "KeepAsIs", "Twice", "the method neither takes nor returns tensors")]
    [InlineData("public class Net : BASE { public Net() : base(\"n\") { } [{|#0:KeepAsIs|}] public override Tensor forward(Tensor x) => x; }", "KeepAsIs", "forward", "forward is called through its module, whose class or field has to carry it")]
    [InlineData("public class Net : BASE { NET public Tensor Own(Tensor x) { return Inner(x); [{|#0:KeepAsIs|}] static Tensor Inner(Tensor y) => y; } }", "KeepAsIs", "Inner", "only a method of a class is kept")]
    [InlineData("public class Net : BASE { NET public Tensor Own(Tensor x) { var f = [{|#0:KeepAsIs|}] (Tensor y) => y; return f(x); } }", "KeepAsIs", "a lambda", "only a method of a class is kept")]
    [InlineData("public class Net : BASE { NET public Tensor Own { [{|#0:KeepAsIs|}] get => null!; } }", "KeepAsIs", "get_Own", "only a method of a class is kept")]
    public Task Attribute_WithoutEffect_IsReported(string source, string attribute, string target, string why) =>
        Verify(Whole(source), $"[{attribute}] on '{target}' has no effect: {why}. Remove it, or put it where it applies.");

    [Theory]
    [InlineData("[QatModel(March.Bayes), ModelArgs(1)] public partial class Net : BASE { NET public Net(int n) : base(\"n\") { } }")]
    [InlineData("[QatBlock, ModelArgs(1)] public partial class Net : BASE { NET public Net(int n) : base(\"n\") { } }")]
    [InlineData("[QatBlock] internal partial class Net : BASE { NET }", "[assembly: System.Runtime.CompilerServices.InternalsVisibleTo(\"Other\")]")]
    [InlineData("[KeepAsIs] public class Net : BASE { NET }")]
    [InlineData("[QatModel(March.Bayes), HighPrecisionOutput] public partial class Net : BASE { NET [HighPrecisionOutput(false)] public readonly Module<Tensor, Tensor>? a = null; }")]
    [InlineData("[Quantize(Bits = 4, Kind = FakeQuantKind.Lsq)] public class Net : BASE { NET [Quantize(Scale = 0.5)] public readonly Module<Tensor, Tensor>? a = null; }", "[assembly: Quantize(Observer = ObserverKind.Mse)]")]
    [InlineData("public class Net : BASE { NET [KeepAsIs] public readonly Module<Tensor, Tensor>? a = null; [KeepAsIs] private readonly System.Collections.Generic.List<Module<Tensor, Tensor>> b = new(); }")]
    [InlineData("public class Net<T> : BASE { NET [KeepAsIs] public readonly T? a; [KeepAsIs] public readonly (T, int) b; [field: KeepAsIs] public Net<T>[]? C { get; } }")]
    [InlineData("public class Net : BASE { NET [KeepAsIs] public Tensor Own(int n) => null!; [KeepAsIs] public static void Look(Tensor[] x) { } [KeepAsIs] public (Tensor, int)? Both(System.Collections.Generic.List<Tensor> x) => null; }")]
    [InlineData("[QatModel(March.Bayes), InputShape(1), InputShape(1), InputShape(1)] public partial class Net() : Module<(Tensor, (Tensor, Tensor)), Tensor>(\"n\") { public override Tensor forward((Tensor, (Tensor, Tensor)) x) => x.Item1; }")]
    [InlineData("[QatModel(March.Bayes), InputShape(1), InputShape(1), InputShape(1)] public partial class Net() : Module<Tensor, Tensor[], Tensor>(\"n\") { public override Tensor forward(Tensor x, Tensor[] y) => x; }")]
    [InlineData("[QatBlock, InputShape(1), InputShape(1)] public partial class Net() : Module<Tensor[], Tensor>(\"n\") { public override Tensor forward(Tensor[] y) => y[0]; }")]
    public Task Attribute_WithEffect_IsNotReported(string source, string before = "") => Verify(before + Whole(source));

    private static string Whole(string source) => source.Replace("BASE", "Module<Tensor, Tensor>", StringComparison.Ordinal)
        .Replace("NET", source.Contains("Net(int n)", StringComparison.Ordinal) ? Forward : $"public Net() : base(\"n\") {{ }} {Forward}", StringComparison.Ordinal);

    private const string Forward = "public override Tensor forward(Tensor x) => x;";

    private static Task Verify(string source, string? message = null)
    {
        var test = new CSharpAnalyzerTest<AttributeUseAnalyzer, DefaultVerifier>
        {
            TestCode = "using QatGen;\nusing static TorchSharp.torch;\nusing static TorchSharp.torch.nn;\n" + source,
            ReferenceAssemblies = new ReferenceAssemblies("net10.0"),
        };
        test.TestState.AdditionalReferences.AddRange(GeneratorRun.References);
        if (message is not null)
        {
            test.ExpectedDiagnostics.Add(DiagnosticResult.CompilerWarning("QG1020").WithLocation(0).WithMessage(message));
        }

        return test.RunAsync();
    }
}
