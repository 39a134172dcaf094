namespace QatGen.Generators.Tests.Capture;

/// <summary>Constructs of the language, each proven by comparing what was captured with what runs.</summary>
public class LanguageTests
{
    private const string Blocks = """
        public sealed class Block : Module<Tensor, Tensor>
        {
            private readonly Conv2d conv;
            private readonly Module<Tensor, Tensor>? proj;

            public Block(int input, int output, bool project = false) : base(nameof(Block))
            {
                conv = Conv2d(input, output, 3, padding: 1);
                proj = project ? Conv2d(output, output, 1) : null;
                RegisterComponents();
            }

            public override Tensor forward(Tensor x)
            {
                x = F.relu(conv.call(x));
                return proj is null ? x : proj.call(x);
            }
        }

        public static class Helpers
        {
            public static Tensor Act(Tensor x, bool clip = false) => clip ? F.relu6(x) : F.relu(x);
        }
        """;

    [Theory]
    [InlineData("for", "for (var i = 0; i < 3; i++) { x = F.relu(layers[i].call(x)); }")]
    [InlineData("for without body variables", "int i = 0; for (; i < layers.Count;) { x = layers[i++].call(x); }")]
    [InlineData("foreach", "foreach (var layer in layers) { x = layer.call(x); }")]
    [InlineData("while", "var n = 0; while (n < 2) { x = layers[n].call(x); n += 1; }")]
    [InlineData("do", "var n = 0; do { x = layers[n].call(x); n++; } while (n < 2);")]
    [InlineData("break and continue", "for (var i = 0; i < 3; i++) { if (i == 0) continue; if (i == 2) break; x = layers[i].call(x); }")]
    [InlineData("from the end", "x = layers[layers.Count - 1].call(x); var all = new[] { layers[0], layers[1] }; x = all[^1].call(x);")]
    [InlineData("nested", "for (var i = 0; i < 2; i++) { for (var j = i; j < 2; j++) { x = F.relu(x + x); } } x = layers[0].call(x);")]
    [InlineData("LINQ", "foreach (var layer in layers.Take(2).Skip(1)) { x = layer.call(x); } foreach (var i in Enumerable.Range(0, 1)) { x = layers[i].call(x); }")]
    [InlineData("Aggregate", "x = layers.Aggregate(x, (y, layer) => F.relu(layer.call(y)));")]
    [InlineData("early exit", "foreach (var layer in layers) { x = layer.call(x); if (layer == layers[1]) { return x; } }")]
    public void Loop_Bounded_EqualsForward(string kind, string body) => Differential.Members(
        $$"""
            private readonly ModuleList<Conv2d> layers = new();
            public Model() : base("m") { for (int i = 0; i < 3; i++) { layers.Add(Conv2d(4, 4, 3, padding: 1)); } RegisterComponents(); }
            public override Tensor forward(Tensor x) { {{body}} return x; }
            """,
        about: kind);

    [Theory]
    [InlineData("if", "if (depth > 1) { x = F.relu(a.call(x)); } else { x = b.call(x); }")]
    [InlineData("ternary", "x = depth == 2 ? a.call(x) : b.call(x);")]
    [InlineData("switch", "switch (act) { case \"none\": break; case \"relu\": case \"other\": x = F.relu(a.call(x)); break; default: throw new NotSupportedException(); }")]
    [InlineData("switch on patterns", "switch (depth) { case > 5: break; case 2 when act == \"relu\": x = a.call(x); break; default: x = b.call(x); break; }")]
    [InlineData("switch expression", "x = act switch { \"relu\" => F.relu(a.call(x)), \"none\" => x, _ => throw new NotSupportedException() };")]
    [InlineData("patterns", "if (depth is > 0 and < 3 && depth is not 7) { x = a.call(x); } if (none is null) { x = b.call(x); }")]
    [InlineData("declaration pattern", "if (maybe is Conv2d c) { x = F.relu(c.call(x)); } if (none is { } m) { x = m.call(x); } else { x = a.call(x); }")]
    [InlineData("tuple pattern", "x = (depth, act) switch { (1, _) => x, (2, \"relu\") => a.call(x), _ => b.call(x) };")]
    [InlineData("coalesce", "x = none?.call(x) ?? a.call(x); var m = none ?? b; x = m.call(x);")]
    [InlineData("conditional access", "x = maybe?.call(x) ?? throw new InvalidOperationException();")]
    [InlineData("short circuit", "if (none != null && none.bias is null) { x = b.call(x); } if (depth == 2 || none!.bias is null) { x = a.call(x); }")]
    [InlineData(
        "shape check",
        "if (x.dim() != 4 || x.shape[1] != 4) { throw new ArgumentException(\"shape\"); } x = a.call(x); var n = x.size(0) > 0 ? 1 : throw new " +
        "ArgumentException(\"empty\"); x = n == 1 ? b.call(x) : x;")]
    [InlineData("try", "try { x = a.call(x); } finally { x = F.relu(x); }")]
    [InlineData("nullable int", "int? n = null; if (n.HasValue) { x = b.call(x); } n ??= 2; if (n == 2) { x = a.call(x); }")]
    public void Branch_Decided_EqualsForward(string kind, string body) => Differential.Members(
        $$"""
            private readonly Conv2d a = Conv2d(4, 4, 3, padding: 1), b = Conv2d(4, 4, 1);
            private readonly Conv2d? none = null, maybe = Conv2d(4, 4, 1);
            private readonly int depth = 2;
            private const string act = "relu";
            public Model() : base("m") { RegisterComponents(); }
            public override Tensor forward(Tensor x) { {{body}} return x; }
            """,
        about: kind);

    [Theory]
    [InlineData("in-place statement", "var y = a.call(x); y.add_(b.call(x)); y.relu_(); return y;")]
    [InlineData("in-place under two names", "var y = a.call(x); var z = F.relu(y, inplace: true); return y + z;")]
    [InlineData("in-place twice", "var y = a.call(x); var z = y; z.relu_(); y.add_(b.call(x)); return z + y;")]
    [InlineData("locals", "var y = a.call(x); var z = y; y = b.call(y); return F.relu(y + z);")]
    [InlineData("swap", "var (p, q) = (a.call(x), b.call(x)); (p, q) = (q, p); return F.relu(p) + q;")]
    [InlineData("tuple members", "var t = (first: a.call(x), b.call(x)); return F.relu(t.first) + t.Item2;")]
    [InlineData("tuple helper", "var (p, q) = Split(x); return p + F.relu(q);")]
    [InlineData("local function", "Tensor Act(Tensor t) => F.relu(t); return b.call(Act(a.call(x)));")]
    [InlineData("local function before", "return b.call(Act(a.call(x))); static Tensor Act(Tensor t) => F.relu(t);")]
    [InlineData("lambda", "Func<Tensor, Tensor> act = t => F.relu(t); return act(a.call(x)) + b.call(x);")]
    [InlineData("method group", "Func<Tensor, Tensor> f = a.call; Func<Tensor, Tensor> g = Twice; return g(f(x)) + b.call(x);")]
    [InlineData(
        "captured variable",
        "var fs = new List<Func<Tensor, Tensor>>(); foreach (var m in new[] { a, b }) { var c = m; fs.Add(t => F.relu(c.call(t))); } foreach (var f in fs) { x = f(x); } return x;")]
    [InlineData("captured state", "var n = 1; Action up = () => n *= 3; up(); up(); return n == 9 ? a.call(x) : b.call(x);")]
    [InlineData("recursion", "return Deep(a.call(x), 3);")]
    [InlineData("static helper", "return Helpers.Act(a.call(x)) + Helpers.Act(b.call(x), clip: true);")]
    [InlineData("named arguments", "return Helpers.Act(clip: true, x: a.call(x));")]
    [InlineData("params", "return Sum(a.call(x), b.call(x), x);")]
    [InlineData("out and ref", "Make(x, out var y); Add(ref y); return y;")]
    [InlineData("list", "var l = new List<Tensor> { x }; l.Add(a.call(l[0])); l.Insert(0, b.call(l[1])); return torch.cat(l, 1);")]
    [InlineData("array", "var l = new Tensor[2]; l[0] = a.call(x); l[1] = F.relu(l[0]); return torch.cat(l, dim: 1);")]
    [InlineData("collection expression", "Tensor[] l = [a.call(x), x]; return torch.cat([.. l, b.call(x)], 1);")]
    [InlineData("list alias", "var l = new List<Tensor>(); var m = l; m.Add(a.call(x)); return l[0];")]
    [InlineData("using block", "using (var s = NewDisposeScope()) { return a.call(x).MoveToOuterDisposeScope(); }")]
    [InlineData("scope moves", "using var s = NewDisposeScope(); var y = a.call(x); return s.MoveToOuter(y);")]
    [InlineData("dispose", "var y = a.call(x); var z = b.call(y); y.Dispose(); return z;")]
    [InlineData("expression property", "return Second.call(First.call(x));")]
    [InlineData("shadowed name", "{ var y = a.call(x); x = y; } { var y = b.call(x); x = y; } return x;")]
    [InlineData("discard", "_ = a.call(x); return b.call(x);")]
    [InlineData("compound", "var y = a.call(x); y += x; return y;")]
    [InlineData("checked", "checked { var n = 2; n <<= 3; n -= 15; return n == 1 ? a.call(x) : b.call(x); }")]
    [InlineData("integer arithmetic", "var n = 7 / 2 * 2 + 7 % 4; return n == 9 ? a.call(x) : b.call(x);")]
    [InlineData("overflow", "var n = int.MaxValue; n++; return n < 0 ? a.call(x) : b.call(x);")]
    [InlineData("casts", "var n = (int)(3.99 * 2); long m = (byte)(256 + n); return m == 7 ? a.call(x) : b.call(x);")]
    [InlineData("float arithmetic", "var f = 0.1f + 0.2f; return f == 0.3f ? a.call(x) : b.call(x);")]
    [InlineData("double arithmetic", "var f = 0.1 + 0.2; return f == 0.3 ? a.call(x) : b.call(x);")]
    [InlineData("text", "var s = \"a\"; s += 1; return s == \"a1\" && $\"{s}{2:D2}\" == \"a102\" ? a.call(x) : b.call(x);")]
    [InlineData("enum", "var d = DayOfWeek.Friday; return d == DayOfWeek.Friday && $\"{d}\" == \"Friday\" ? a.call(x) : b.call(x);")]
    [InlineData("math", "return Math.Max(3, Math.Min(9, 4)) == 4 && Math.Sqrt(16) == 4 && Math.Abs(-2) == 2 ? a.call(x) : b.call(x);")]
    [InlineData("lazy LINQ", "var n = 1; var q = Enumerable.Range(0, 2).Select(i => i + n); n = 10; return q.Sum() == 21 ? a.call(x) : b.call(x);")]
    [InlineData("LINQ", "var q = new[] { 3, 1, 2 }.Where(i => i > 1).Select((v, i) => v * i).ToArray(); return q.Length == 2 && q[1] == 2 && q.Max() == 2 ? a.call(x) : b.call(x);")]
    [InlineData("record", "var s = new Setting(2, Act: true); var (n, act) = s; return n == 2 && s.Act && act ? a.call(x) : b.call(x);")]
    public void Values_InForward_EqualForward(string kind, string body) => Differential.Members(
            $$"""
            private readonly Conv2d a = Conv2d(4, 4, 3, padding: 1), b = Conv2d(4, 4, 1);
            private Conv2d First => a;
            private Conv2d Second { get { return b; } }
            public Model() : base("m") { RegisterComponents(); }
            private (Tensor, Tensor) Split(Tensor x) => (a.call(x), b.call(x));
            private static Tensor Twice(Tensor x) => F.relu(x + x);
            private Tensor Deep(Tensor x, int n) => n == 0 ? x : Deep(F.relu(x + x), n - 1);
            private static Tensor Sum(params Tensor[] all) { var s = all[0]; for (var i = 1; i < all.Length; i++) { s = s + all[i]; } return s; }
            private void Make(Tensor x, out Tensor y) => y = a.call(x);
            private void Add(ref Tensor y) { y = y + b.call(y); }
            public override Tensor forward(Tensor x) { {{body}} }
            """,
            Blocks + "public sealed record Setting(int N, bool Act);",
            about: kind);

    [Theory]
    [InlineData("block arguments decide", "public Model() : base(\"m\") { x1 = new Block(4, 6); x2 = new Block(6, 4, project: true); RegisterComponents(); }")]
    [InlineData(
        "loop over settings",
        "private static readonly (int C, bool P)[] Settings = { (6, true), (4, false) }; public Model() : base(\"m\") { var c = 4; var l = new List<Block>(); " +
        "foreach (var (n, p) in Settings) { l.Add(new Block(c, n, p)); c = n; } (x1, x2) = (l[0], l[1]); RegisterComponents(); }")]
    [InlineData("constructor chain", "public Model() : this(6) { } private Model(int width) : base(\"m\") { x1 = new Block(4, width); x2 = new Block(width, 4); RegisterComponents(); }")]
    [InlineData("symbolic width", "public Model(int width) : base(\"m\") { x1 = new Block(4, width); x2 = new Block(width, 4); RegisterComponents(); }", 5)]
    [InlineData(
        "symbolic arithmetic",
        "public Model(double width = 1) : base(\"m\") { var c = Math.Max(8, (int)(16 * width)); x1 = new Block(4, c); x2 = new Block(c, 4); RegisterComponents(); }",
        0.75)]
    [InlineData(
        "symbolic helper with early return",
        "private static int Even(int n) { if (n % 2 == 0) return n; return n + 1; } public Model(int width) : base(\"m\") { x1 = new Block(4, Even(width)); x2 " +
        "= new Block(Even(width), 4); RegisterComponents(); }",
        5)]
    [InlineData(
        "guard clause",
        "public Model(int width) : base(\"m\") { if (width < 1) { throw new ArgumentException(\"width\"); } " +
        "ArgumentOutOfRangeException.ThrowIfNegative(width); x1 = new Block(4, width); x2 = new Block(width, 4); RegisterComponents(); }",
        5)]
    [InlineData(
        "undecided initialisation",
        "public Model(bool zero) : base(\"m\") { x1 = new Block(4, 6); x2 = new Block(6, 4); RegisterComponents(); if (zero) { foreach (var p in parameters()) " +
        "{ using var _ = no_grad(); p.zero_(); } } }",
        false)]
    [InlineData("undecided width", "public Model(bool wide) : base(\"m\") { var c = 4; if (wide) { c = 16; } x1 = new Block(4, c); x2 = new Block(c, 4); RegisterComponents(); }", true)]
    [InlineData(
        "init by type",
        "public Model() : base(\"m\") { x1 = new Block(4, 6); x2 = new Block(6, 4); RegisterComponents(); foreach (var (name, m) in named_modules()) { if (m " +
        "is Conv2d conv) { init.normal_(conv.weight, 0, 0.1); } else if (m is BatchNorm2d { affine: true } bn) { init.constant_(bn.weight, 1); } } foreach " +
        "(var m in modules()) { switch (m) { case Conv2d c: init.zeros_(c.bias); break; case Linear l: break; } } }")]
    [InlineData(
        "device",
        "public Model(Device? device = null) : base(\"m\") { x1 = new Block(4, 6); x2 = new Block(6, 4); RegisterComponents(); if (device != null && " +
        "device.type != DeviceType.CPU) { this.to(device); } foreach (var p in parameters()) { p.requires_grad = true; } x1.to(torch.float32); }")]
    [InlineData("init functions", "public Model() : base(\"m\") { x1 = new Block(4, 6); x2 = new Block(6, 4); RegisterComponents(); foreach (var p in parameters()) { init.normal_(p, 0, 0.1); } }")]
    public void Construction_Evaluated_EqualsForward(string kind, string constructor, object? argument = null) => Differential.Members(
            $$"""
            private readonly Block x1, x2;
            {{constructor}}
            public override Tensor forward(Tensor x) => x2.call(x1.call(x));
            """,
            Blocks,
            argument is null ? [] : [argument],
            kind);

    [Fact]
    public void Construction_PrimaryConstructor_EqualsForward() => Differential.Members(
        """
        private readonly Primary x1 = new(4, 5);
        public Model() : base("m") { RegisterComponents(); }
        public override Tensor forward(Tensor x) => x1.call(x);
        """,
        """
        public abstract class Named(string name) : Module<Tensor, Tensor>(name) { protected string Name { get; } = name + "!"; }

        public sealed class Primary(int input, int width) : Named("p")
        {
            private readonly Conv2d a = Conv2d(input, width, 3, padding: 1), b = Conv2d(width, input, 1);
            public override Tensor forward(Tensor x) => width == 5 && Name == "p!" ? b.call(a.call(x)) : x;
        }
        """);

    [Fact]
    public void Construction_BaseClass_RunsInOrder() => Differential.Members(
        """
        private readonly Wrapper wrapper = new(4);
        public Model() : base("m") { RegisterComponents(); }
        public override Tensor forward(Tensor x) => wrapper.call(x);
        """,
        """
        public abstract class Head : Module<Tensor, Tensor>
        {
            protected readonly Conv2d head;
            protected readonly int width;
            protected Head(string name, int width) : base(name) { this.width = width; head = Conv2d(width, width, 1); }
            protected abstract Tensor Body(Tensor x);
            protected virtual Tensor Last(Tensor x) => x;
            public override Tensor forward(Tensor x) => Last(head.call(Body(x)));
        }

        public sealed class Wrapper : Head
        {
            private readonly Conv2d body;
            private Conv2d Extra { get; init; } = Conv2d(4, 4, 1);
            public Wrapper(int n) : base("w", n) { body = Conv2d(width, n, 3, padding: 1); RegisterComponents(); }
            protected override Tensor Body(Tensor x) => F.relu(body.call(x));
            protected override Tensor Last(Tensor x) => base.Last(Extra.call(x)) + x;
        }
        """);
}
