namespace QatGen.Generators.Tests.Capture;

/// <summary>What cannot be captured is said at its place.</summary>
public class ViolationTests
{
    [Theory]
    [InlineData("return x.masked_fill(torch.ones(8, 8).triu(1) > 0, 0);", "triu")]
    [InlineData("return x + torch.zeros(8).cumsum(0);", "cumsum")]
    [InlineData("var t = zeros_like(scale.unsqueeze(1).diag_embed()); return x + t;", "diag_embed")]
    public void UnknownOperator_OnAConstant_QG1003(string body, string name)
    {
        var source = Differential.Source($"private readonly Parameter scale = Parameter(torch.ones(8));\npublic Model() : base(\"m\") {{ RegisterComponents(); }}\npublic override Tensor forward(Tensor x) {{ {body} }}");
        var captured = CaptureHarness.Capture(CaptureHarness.Compile(source), "Model").Graph!;
        Assert.Contains(QatGen.Passes.Pipeline.Run(captured).Violations, v => v.Rule == CaptureRules.UnknownOperator && v.Arguments[0] == name);
    }

    [Theory]
    [InlineData("F.glu(x.narrow(1, 0, 3), 1)", "QG2016", "axis 1 has no two halves")]
    [InlineData("x.narrow(1, 0, 1).var(1)", "QG1007", "unbiased: false")]
    [InlineData("torch.einsum(\"bchw,dc->bdhw\", x, square)", "QG1007", "the summed letter first")]
    [InlineData("torch.einsum(\"bchw,bcd->bc\", x, x.flatten(2))", "QG1007", "every letter")]
    [InlineData("x.argmax(1).@float()", "QG1007", "positions have no scale")]
    [InlineData("x.norm(1, p: 1)", "QG1007", "p: 2")]
    [InlineData("F.dropout(x, 0.25)", "QG1007", "nothing is dropped")]
    [InlineData("F.dropout2d(x, training: true)", "QG1007", "nothing is dropped")]
    public void Call_OnWhatItCannotTake_SaysWhy(string expression, string rule, string says)
    {
        var source = Differential.Source($"private readonly Parameter square = Parameter(torch.ones(4, 4));\npublic Model() : base(\"m\") {{ RegisterComponents(); }}\npublic override Tensor forward(Tensor x) => {expression};");
        var captured = CaptureHarness.Capture(CaptureHarness.Compile(source), "Model").Graph!;
        Assert.Contains(QatGen.Passes.Pipeline.Run(captured).Violations, v => v.Rule.Id == rule && v.ToString().Contains(says, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("x = {|QG1003:F.hardshrink(x)|};", "functional.hardshrink")]
    [InlineData("x = {|QG1003:x.digamma()|} + {|QG1003:torch.digamma(x)|};", "digamma")]
    [InlineData("x = {|QG1003:x % 2|};", "operator %")]
    [InlineData("x = {|QG1003:x ^ x|};", "operator ^")]
    [InlineData("x = {|QG1003:x.T|};", "T")]
    [InlineData("x = x + {|QG1003:torch.eye(8)|};", "eye")]
    [InlineData("var (y, _) = {|QG1003:torch.cummax(x, 1)|}; x = y;", "cummax")]
    [InlineData("x = {|QG1003:shrink.call(x)|};", "Hardshrink")]
    [InlineData("{|QG1003:x.backward()|};", "backward")]
    [InlineData("x = {|QG1003:x.cummax(1)|}.values;", "cummax")]
    public void UnknownOperator_Called_QG1003(string body, string name)
    {
        var messages = Markup.Verify($$"""
            private readonly Hardshrink shrink = Hardshrink();
            private readonly Parameter weight = Parameter(torch.ones(8));
            public Model() : base("m") { RegisterComponents(); }
            public override Tensor forward(Tensor x) { {{body}} return x; }
            """);
        Assert.Contains($"'{name}'", messages);
    }

    [Theory]
    [InlineData("x = {|QG1007:x.reshape(x.shape[1] * 2, -1)|};")]
    [InlineData("x = {|QG1007:F.avg_pool2d(x, x.shape[0])|};")]
    [InlineData("x = {|QG1007:x[0]|};")]
    [InlineData("x = {|QG1007:x[1..]|};")]
    [InlineData("x = {|QG1007:x[x > 0]|};")]
    [InlineData("x = {|QG1007:x[.., TensorIndex.Bool(true)]|};")]
    [InlineData("x = {|QG1007:x[.., x.shape[0]]|};")]
    public void Operator_WithArgumentOfShape_QG1007(string body) => Forward(body);

    [Fact]
    public void UnknownOperator_InSequential_QG1003WhereItIsCreated() => Markup.Verify("""
        private readonly Sequential s = Sequential(Conv2d(4, 4, 1), {|QG1003:Hardshrink()|});
        public Model() : base("m") { RegisterComponents(); }
        public override Tensor forward(Tensor x) => s.call(x);
        """);

    [Fact]
    public void UnknownOperator_ResultNotUsed_NoViolation() => Markup.Verify("""
        private readonly Conv2d a = Conv2d(4, 4, 1);
        public Model() : base("m") { RegisterComponents(); }
        public override Tensor forward(Tensor x) { var y = x.digamma(); Console.WriteLine("forward"); return a.call(x); }
        """);

    [Theory]
    [InlineData("if ({|QG1004:x.sum().item<float>() > 0|}) { x = F.relu(x); }")]
    [InlineData("while ({|QG1004:x.norm().item<float>() > 1|}) { x = F.relu(x); }")]
    [InlineData("x = {|QG1004:(float)x.mean() > 0|} ? x : F.relu(x);")]
    [InlineData("x = {|QG1004:x.sum().ToSingle()|} switch { > 0 => x, _ => F.relu(x) };")]
    [InlineData("for (var i = 0; {|QG1004:i < x.sum().item<int>()|}; i++) { x = F.relu(x); }")]
    public void ControlFlow_OnData_QG1004(string body) => Forward(body);

    [Theory]
    [InlineData("if ({|QG1006:x.numel() == 3|}) { x = F.relu(x); }")]
    [InlineData("if ({|QG1006:x.shape[0] > 4|}) { x = F.relu(x); }")]
    [InlineData("if ({|QG1006:training|}) { x = F.relu(x); }")]
    [InlineData("{|QG1006:goto end;|} end: x = F.relu(x);")]
    [InlineData("{|QG1006:lock (weight) { x = F.relu(x); }|}")]
    [InlineData("x = {|QG1006:none|}.call(x);")]
    [InlineData("x = {|QG1006:loose.call(x)|};")]
    [InlineData("var l = new List<Tensor> { x }; x = {|QG1006:l[1]|};")]
    [InlineData("var p = new Point { N = 1 }; var q = p; {|QG1006:q.N = 2|}; if (p.N == 1) { x = F.relu(x); }")]
    [InlineData("var a = new int[2]; var i = 0; {|QG1006:a[i++] += 1|};")]
    [InlineData("var a = new int[2]; int i; {|QG1006:(i, a[0]) = (1, 2)|};")]
    [InlineData("var s = \"a\" + {|QG1006:DayOfWeek.Friday|};", true)]
    [InlineData("var s = {|QG1006:\"a\" + 0.5|};", true)]
    [InlineData("var u = 3u; u = {|QG1006:u + 1|};", true)]
    [InlineData("var n = 0; n = {|QG1006:1 / n|};")]
    [InlineData("var n = int.MaxValue; n = {|QG1006:checked(n + 1)|};", true)]
    [InlineData("var d = {|QG1006:new SortedDictionary<string, int>()|};")]
    [InlineData("foreach (var s in {|QG1006:new[] { \"b\", \"a\" }.OrderBy(s => s)|}) { }")]
    [InlineData("foreach (var s in {|QG1006:new[] { 2, 1 }.OrderBy(s => s, Comparer<int>.Default)|}) { }")]
    [InlineData("var n = 0; foreach (var p in {|QG1006:parameters()|}) { n++; }")]
    [InlineData("x = {|QG1006:Conv2d(4, 4, 1).call(x)|};")]
    [InlineData("var s = {|QG1006:Sequential((\"a\", ReLU()), (\"a\", ReLU()))|};")]
    [InlineData("var s = {|QG1006:Sequential((\"a.b\", ReLU()))|};")]
    [InlineData("Span<int> s = stackalloc int[2];", true)]
    public void Construct_NotSupported_QG1006(string body, bool anywhere = false)
    {
        if (anywhere)
        {
            var result = CaptureHarness.Capture(CaptureHarness.Compile(ForwardSource(body.Replace("{|QG1006:", "", StringComparison.Ordinal).Replace("|}", "", StringComparison.Ordinal))), "Model");
            Assert.Equal("QG1006", result.Violations.FirstOrDefault()?.Violation.Rule.Id ?? "none: " + result.Graph);
            return;
        }

        Forward(body);
    }

    [Theory]
    [InlineData("public Model(bool flag) : base(\"m\") { act = flag; RegisterComponents(); }", "if ({|QG1005:act|}) { x = F.relu(x); }", "flag")]
    [InlineData("public Model(int n = 3) : base(\"m\") { for (int i = 0; {|QG1005:i < n|}; i++) { } RegisterComponents(); }", "", "(0 < n)")]
    [InlineData("public Model(int k = 3) : base(\"m\") { c = Conv2d(4, 4, {|QG1005:k|}); RegisterComponents(); }", "x = c.call(x);", "k")]
    [InlineData("public Model(bool wide) : base(\"m\") { c = Conv2d(4, 4, 3, stride: {|QG1005:wide ? 1 : 2|}); RegisterComponents(); }", "x = c.call(x);", "(wide ? 1 : 2)")]
    [InlineData("public Model(bool flag) : base(\"m\") { if (flag) { c = Conv2d(4, 4, 1); } RegisterComponents(); }", "if ({|QG1005:c != null|}) { x = c.call(x); }", "flag")]
    [InlineData("public Model(bool flag) : base(\"m\") { if (flag) { c = Conv2d(4, 4, 1); } RegisterComponents(); }", "x = {|QG1005:c?.call(x)|} ?? x;", "flag")]
    [InlineData("public Model(string name) : base(\"m\") { register_module({|QG1005:name|}, ReLU()); }", "", "name")]
    [InlineData("public Model(bool flag) : base(\"m\") { act = flag; RegisterComponents(); }", "if (act) { return x; }", "flag", true)]
    public void Structure_OnConstructorArgument_QG1005(string constructor, string body, string expression, bool atForward = false)
    {
        var forward = $"public override Tensor {(atForward ? "{|QG1005:forward|}" : "forward")}(Tensor x) {{ {body} {(atForward ? "x = F.relu(x);" : "")} return x; }}";
        var messages = Markup.Verify($"private readonly bool act; private readonly Conv2d? c = null; {constructor} {forward}");
        Assert.Contains($"'{expression}'", messages);
    }

    [Theory]
    [InlineData("Func<Tensor, Tensor> act", "{|QG1005:p|}(x)")]
    [InlineData("Module<Tensor, Tensor> backbone", "{|QG1005:p|}.call(x)")]
    public void Structure_GivenFromOutside_QG1005(string parameter, string forward) => Markup.Verify($$"""
        private readonly {{parameter.Substring(0, parameter.LastIndexOf(' '))}} p;
        public Model({{parameter}}) : base("m") { p = {{parameter.Split(' ')[^1]}}; RegisterComponents(); }
        public override Tensor forward(Tensor x) => {{forward}};
        """);

    [Theory]
    [InlineData("var c = 1; " + "{0}", "if (flag) { c = c * 2 + 1; } ", "", 60)]
    [InlineData("object? o = this; {0}", "o = flag ? (other ? o : null) : o; ", "", 40)]
    [InlineData("var l = new List<object>(); l.Add(l); l.Add(1); Console.WriteLine(l);{0}", "", "", 1)]
    [InlineData("{0}", "", "x = x + x + x; x = x + x; var s = x.sum() + x.sum(); s = s + s; s = s + s; s = s + s; if (s.item<float>() > 0) { }", 1)]
    public void Evaluation_Explosive_EndsWithViolation(string constructor, string repeated, string forward, int times)
    {
        var body = constructor.Replace("{0}", string.Concat(Enumerable.Repeat(repeated, times)), StringComparison.Ordinal);
        var source = Differential.Source($$"""
            public Model(bool flag, bool other) : base("m") { {{body}} RegisterComponents(); }
            public override Tensor forward(Tensor x) { {{forward}} return x; }
            """);
        var result = CaptureHarness.Capture(CaptureHarness.Compile(source), "Model");
        Assert.Equal(result.Graph is null, result.Violations.Count > 0);
        Assert.All(result.Violations, static v => Assert.DoesNotContain("capture itself failed", v.Violation.Message));
    }

    [Fact]
    public void Evaluation_DeepExpression_EndsWithViolation()
    {
        var source = Differential.Source($$"""
            public Model() : base("m") { RegisterComponents(); }
            public override Tensor forward(Tensor x) => {{string.Join(" + ", Enumerable.Repeat("x", 3000))}};
            """);
        Assert.Equal("QG1010", Assert.Single(CaptureHarness.Capture(CaptureHarness.Compile(source), "Model").Violations).Violation.Rule.Id);
    }

    [Theory]
    [InlineData("x = {|QG1008:new Lazy<Tensor>(x)|}.Value;")]
    [InlineData("{|QG1008:Console.WriteLine(x)|};")]
    [InlineData("var l = new List<Tensor> { x }; {|QG1008:l.Sort()|};")]
    public void Call_WithoutSource_QG1008(string body) => Forward(body);

    [Theory]
    [InlineData("BgrToYuv(x)", "Use the module QatGen.Torch.Nn.BgrToYuv444")]
    [InlineData("RgbToYuv(x, QatGen.Swing.Full)", "channelReversal: true")]
    [InlineData("CenteredYuvToRgb(x)", "QatGen.Torch.Nn.CenteredYuv2Rgb,")]
    [InlineData("CenteredYuvToBgr(x)", "QatGen.Torch.Nn.CenteredYuv2Bgr,")]
    [InlineData("RgbToBgr(x)", "Use flip(1)")]
    [InlineData("RgbToGray(x)", "Use it for the data before they reach the model")]
    public void ColoursOfData_InForward_QG1007WithTheModuleToUse(string call, string remedy) =>
        Assert.Contains(remedy, Markup.VerifySource(ForwardSource($"x = {{|QG1007:QatGen.Torch.Colours.{call}|}};")));

    [Theory]
    [InlineData("var a = c.call(x); inplace.call(a); return a;")]
    [InlineData("var a = c.call(x); var f = a.flatten(1); f = {|QG1009:f.relu_()|}; return a;")]
    [InlineData("var a = c.call(x); var f = a.flatten(1); a = {|QG1009:F.relu(a, true)|}; return f;")]
    [InlineData("var a = c.call(x); a = F.relu(a, true); a = F.relu6(a, true); return a.flatten(1);")]
    public void InPlace_OnValueReadLater_QG1009(string body) => Markup.Verify($$"""
        private readonly Conv2d c = Conv2d(4, 4, 1);
        private readonly ReLU inplace = ReLU(inplace: true);
        public Model() : base("m") { RegisterComponents(); }
        public override Tensor forward(Tensor x) { {{body}} }
        """);

    [Theory]
    [InlineData("while (true) { n++; n--; }")]
    [InlineData("var l = new List<int>(); for (var i = 0; i >= 0; i++) { l.Add(i); }")]
    [InlineData("var a = new int[2_000_000_000];")]
    [InlineData("var s = \"a\"; for (var i = 0; i < 60; i++) { s += s; }")]
    public void Evaluation_WithoutEnd_QG1010(string body)
    {
        var source = Differential.Source($$"""
            public Model() : base("m") { RegisterComponents(); }
            public override Tensor forward(Tensor x) { var n = 0; {{body}} return x; }
            """);
        var result = CaptureHarness.Capture(CaptureHarness.Compile(source), "Model");
        Assert.Equal("QG1010", Assert.Single(result.Violations).Violation.Rule.Id);
        Assert.Null(result.Graph);
    }

    [Theory]
    [InlineData("private static Tensor Deep(Tensor x, int n) => {|QG1019:Deep(x, n + 1)|};", "Deep(x, 0)")]
    [InlineData("private static Tensor Deep(Tensor x, int n) => n == 30 ? x : Deep(F.relu(x), n + 1);", "Deep(x, 0)")]
    [InlineData("private static Tensor Even(Tensor x) => Odd(x); private static Tensor Odd(Tensor x) => {|QG1019:Even(x)|};", "Even(x)")]
    [InlineData("private Tensor Own => {|QG1019:Own|};", "Own")]
    public void Recursion_WithoutEnd_QG1019(string members, string forward) => Markup.Verify($$"""
        public Model() : base("m") { RegisterComponents(); }
        {{members}}
        public override Tensor forward(Tensor x) => {{forward}};
        """);

    [Theory]
    [InlineData("{|QG1011:last = x|}; return x;")]
    [InlineData("{|QG1011:calls++|}; return x;")]
    [InlineData("{|QG1011:all.Add(x)|}; return x;")]
    [InlineData("{|QG1011:Cache.Add(x)|}; return x;")]
    [InlineData("{|QG1011:Count++|}; return x;")]
    [InlineData("var l = new List<Tensor>(); l.Add(x); return l[0];")]
    public void State_WrittenInForward_QG1011(string body) => Markup.Verify($$"""
        private Tensor? last;
        private int calls;
        private readonly List<Tensor> all = new();
        private static readonly List<Tensor> Cache = new();
        private int Count { get; set; }
        public Model() : base("m") { RegisterComponents(); }
        public override Tensor forward(Tensor x) { {{body}} }
        """);

    [Fact]
    public void Module_CalledTwice_QG1013() => Markup.Verify("""
        private readonly Conv2d c = Conv2d(4, 4, 1);
        public Model() : base("m") { RegisterComponents(); }
        public override Tensor forward(Tensor x) => {|QG1013:c.call(c.call(x))|};
        """);

    [Fact]
    public void Block_UsedTwice_ReportsOncePerPlace() => Markup.Verify(
        """
        private readonly Block a = new(), b = new();
        public Model() : base("m") { RegisterComponents(); }
        public override Tensor forward(Tensor x) => b.call(a.call(x));
        """,
        """
        public sealed class Block : Module<Tensor, Tensor>
        {
            public Block() : base("b") { RegisterComponents(); }
            public override Tensor forward(Tensor x) => {|QG1003:F.hardshrink(x)|};
        }
        """);

    [Theory]
    [InlineData("[QatModel(March.Bayes)] public class {|QG1001:Model|} : Module<Tensor, Tensor> { public Model() : base(\"m\") { } public override Tensor forward(Tensor x) => x; }")]
    [InlineData("[QatModel(March.Bayes)] public partial class {|QG1002:Model|} { }")]
    [InlineData(
        "[QatModel(March.Bayes)] public partial class {|QG1002:Model|} : Module<Tensor, int, Tensor> { public Model() : base(\"m\") { } public override " +
        "Tensor forward(Tensor x, int y) => x; }")]
    [InlineData(
        "public partial class Outer { [QatModel(March.Bayes)] public partial class {|QG1006:Model|} : Module<Tensor, Tensor> { public Model() : base(\"m\") { " +
        "} public override Tensor forward(Tensor x) => x; } }")]
    [InlineData("[QatModel(March.Bayes)] public partial class {|QG1006:Model|}<T> : Module<Tensor, Tensor> { public Model() : base(\"m\") { } public override Tensor forward(Tensor x) => x; }")]
    [InlineData(
        "[QatModel(March.Bayes)] public partial class Model : Module<Tensor, Tensor> { public Model() : base(\"m\") { {|QG1006:throw new Exception();|} } " +
        "public override Tensor forward(Tensor x) => x; }")]
    [InlineData(
        "[QatModel(March.Bayes)] public partial class Model : Module<Tensor, Tensor> { bool b = true; public Model() : base(\"m\") { } public " +
        "{|QG1006:Model|}(int n) : base(\"m\") { b = false; } public override Tensor forward(Tensor x) => b ? x : F.relu(x); }")]
    [InlineData(
        "[QatModel(March.Bayes)] public partial class {|QG1002:Model|} : Module<(Tensor, int), Tensor> { public Model() : base(\"m\") { } public override " +
        "Tensor forward((Tensor, int) x) => x.Item1; }")]
    [InlineData("[QatModel(March.Bayes)] public partial class Model : Module<Tensor[], Tensor> { public Model() : base(\"m\") { } public override Tensor forward(Tensor[] {|QG1027:all|}) => all[0]; }")]
    [InlineData(
        "[QatModel(March.Bayes), InputShape(1, 4)] public partial class Model : Module<Tensor, Tensor[], Tensor> { public Model() : base(\"m\") { } public override " +
        "Tensor forward(Tensor x, Tensor[] {|QG1027:all|}) => x; }")]
    [InlineData(
        "[QatModel(March.Bayes), InputShape(1, 4), InputShape(1, 4)] public partial class Model : Module<Tensor[], List<Tensor>, Tensor> { public Model() : base(\"m\") { } public override " +
        "Tensor forward(Tensor[] all, List<Tensor> {|QG1027:others|}) => all[0]; }")]
    [InlineData(
        "[QatModel(March.Bayes), InputShape(1, 4)] public partial class Model : Module<List<Tensor>, Tensor> { public Model() : base(\"m\") { } public override " +
        "Tensor forward(List<Tensor> all) { {|QG1011:all.Add(all[0])|}; return all[1]; } }")]
    public void Declaration_Wrong_IsReportedAtTheName(string declaration) => Markup.VerifySource(Differential.Header + declaration);

    private static void Forward(string body) => Markup.VerifySource(ForwardSource(body));

    private static string ForwardSource(string body) => Differential.Source($$"""
        private readonly Parameter weight = Parameter(torch.ones(4));
        private readonly Conv2d? none = null;
        private readonly List<Conv2d> hidden = new() { Conv2d(4, 4, 1) };
        private Conv2d loose => hidden[0];
        public Model() : base("m") { RegisterComponents(); }
        public override Tensor forward(Tensor x) { {{body}} return x; }
        """, "public struct Point { public int N; }");
}
