namespace QatGen.Generators.Tests.Capture;

/// <summary>User types around a model: generic, nested, records, interfaces, operators; each proven by comparing what was captured with what runs.</summary>
public class TypeTests
{
    private const string Beside = """
        public interface IScaled { int Scale => 3; Tensor Act(Tensor x) => F.relu(x); static abstract int Width { get; } static abstract IScaled Create(); }
        public sealed class Plain : IScaled { public static int Width => 4; public static IScaled Create() => new Plain(); }
        public sealed class Clipped : IScaled { public static int Width => 6; public int Scale => 7; Tensor IScaled.Act(Tensor x) => F.relu6(x); public static IScaled Create() => new Clipped(); }

        public interface IBlock { Tensor call(Tensor x); int Width { get; } }
        public sealed class Block : Module<Tensor, Tensor>, IBlock
        {
            private readonly Conv2d conv;
            public int Width { get; }
            public Block() : this(4) { }
            public Block(int width) : base("b") { Width = width; conv = Conv2d(4, 4, 1); RegisterComponents(); }
            public override Tensor forward(Tensor x) => conv.call(x);
        }

        public abstract class Wrapper<TInner, TSetting> : Module<Tensor, Tensor> where TInner : Module<Tensor, Tensor> where TSetting : struct
        {
            protected readonly TInner inner;
            protected readonly TSetting setting;
            private readonly Dictionary<TSetting, TInner> known = new();
            protected Wrapper(TInner inner, TSetting setting) : base("w") { this.inner = inner; this.setting = setting; known[setting] = inner; }
            protected virtual Tensor Last(Tensor x) => x;
            public override Tensor forward(Tensor x) => Last(known[setting].call(x));
        }

        public sealed class Residual<T> : Wrapper<T, int> where T : Module<Tensor, Tensor>, new()
        {
                        public Residual() : base(new T(), 5) { RegisterComponents(); }
            protected override Tensor Last(Tensor x) => setting == 5 && inner is T ? F.relu(x) + x : x;
        }

        public class Tail<T> : Module<Tensor, Tensor> where T : IScaled
        {
            public Tail() : base("t") { }
            public override Tensor forward(Tensor x) => T.Create().Act(T.Width == 6 ? x + x : x);
        }

        public static class Box<T> { public static readonly int Size = Count<T>(); private static int Count<U>() => default(U) is null ? 1 : 2; }

        public readonly record struct Point(int X, int Y)
        {
            public static Point operator +(Point a, Point b) => new(a.X + b.X, a.Y + b.Y);
            public static Point operator ++(Point a) => a with { X = a.X + 1 };
            public static implicit operator int(Point a) => a.X * 10 + a.Y;
            public static explicit operator Point(int v) => new(v / 10, v % 10);
            public int this[int i] => i == 0 ? X : Y;
        }
        public record Setting(int N, bool Act = false) { public string Name { get; init; } = "s"; public Inner? Child { get; init; } public sealed record Inner(int K); }
        public sealed record Wide(int N, int M) : Setting(N);
        public sealed class Options
        {
            public required int Width { get; init; }
            public List<int> Sizes { get; } = new() { 1 };
            public Setting Nested { get; set; } = new(1);
            public int Twice { get => field * 2; set => field = value + 1; }
        }
        public sealed class Shape
        {
            private readonly int[] sizes = [0, 0, 0];
            public int this[int i] { get => sizes[i]; set => sizes[i] = value * 2; }
            public void Deconstruct(out int a, out int b) { a = sizes[0]; b = sizes[1]; }
        }
        [Flags] public enum Parts { None = 0, Norm = 1, Act = 2 }
        public static class Extensions
        {
            public static Tensor Act(this Tensor x, bool clip = false) => clip ? F.relu6(x) : F.relu(x);
            public static T Also<T>(this T value, Action<T> action) { action(value); return value; }
            extension(Tensor x) { public Tensor Doubled => x + x; public Tensor Twice(int n) { for (var i = 0; i < n; i++) { x = x + x; } return x; } }
            extension(Setting s) { public static Setting Standard => new(9); public int More => s.N + 1; }
        }
        public partial class Parted { public partial Parted(int n); public partial int N { get; } private readonly int n; }
        public partial class Parted { public partial Parted(int m) { n = m + 1; } public partial int N { get => n * 2; } }
        """;

    [Theory]
    [InlineData("generic block", "return r.call(x);")]
    [InlineData("generic block of another argument", "return q.call(x);")]
    [InlineData("static abstract members", "return t.call(a.call(x));")]
    [InlineData("default interface method", "IScaled s = new Plain(), c = new Clipped(); return s.Scale == 3 && c.Scale == 7 ? s.Act(a.call(x)) + c.Act(b.call(x)) : x;")]
    [InlineData("generic method", "return Pick<Block>(a).Width == 4 && Default<int>() == 0 && Default<string>() is null ? Run(a, x) : x;")]
    [InlineData("generic local function", "T Same<T>(T v) => v; T? None<T>() => default; return Same(3) == 3 && None<int>() == 0 && None<Block>() is null ? Same(a).call(x) : x;")]
    [InlineData("generic equality", "static bool Same<T>(T v, T w) where T : notnull => v.Equals(w); return Same(3, 3) && !Same(3L, 4L) && Same(\"a\", \"a\") && true.Equals(true) && 5L.Equals(5) && 'a'.Equals('a') ? a.call(x) : x;")]
    [InlineData("generic static", "return Box<int>.Size == 2 && Box<string>.Size == 1 ? a.call(x) : b.call(x);")]
    [InlineData("interface for blocks", "foreach (var m in new IBlock[] { a, b }) { if (m.Width == 4) { x = F.relu(m.call(x)); } } return x;")]
    [InlineData(
        "with",
        "var s = new Setting(2) { Name = \"t\" }; var u = s with { N = 5 }; var w = new Wide(1, 2) with { M = 3 }; return u.N == 5 && u.Name == \"t\" && s.N == 2 && w.M == " +
        "3 && w.N == 1 ? a.call(x) : b.call(x);")]
    [InlineData(
        "record equality",
        "return new Setting(2) == new Setting(2) && new Setting(2) != new Setting(3) && new Setting(1) { Child = new(2) } == new Setting(1) { Child = new(2) } ? a.call(x) : " +
        "b.call(x);")]
    [InlineData("operators", "var p = new Point(1, 2) + new Point(3, 4); p++; return p.X == 5 && p.Y == 6 && p[1] == 6 && p == new Point(5, 6) ? a.call(x) : b.call(x);")]
    [InlineData("conversions", "int n = new Point(1, 2); var p = (Point)34; return n == 12 && p.Y == 4 ? a.call(x) : b.call(x);")]
    [InlineData("property patterns", "var s = new Setting(2, true) { Child = new(7) }; return s is { N: > 1 and < 3, Act: true, Child.K: 7 } and not { Name: \"x\" } ? a.call(x) : b.call(x);")]
    [InlineData("positional and property pattern", "var s = new Setting(2, true); return s is (2, var act) { Name: { Length: 1 } } && act ? a.call(x) : b.call(x);")]
    [InlineData("type patterns", "Setting s = new Wide(1, 2); return s switch { Wide { M: 2 } w when w.N == 1 => a.call(x), Setting => b.call(x), _ => x };")]
    [InlineData(
        "modules by type",
        "Module<Tensor, Tensor>[] all = [a, relu]; foreach (var m in all) { x = m switch { Block { Width: 4 } k => k.call(x), ReLU l => l.call(x), _ => throw new " +
        "NotSupportedException() }; } return x;")]
    [InlineData(
        "list patterns",
        "int[] l = [1, 2, 3, 4]; return l is [1, .., var last] && last == 4 && l is [_, .. var mid, _] && mid.Length == 2 && mid[1] == 3 && l is not [] and not [_] and not " +
        "[2, ..] ? a.call(x) : b.call(x);")]
    [InlineData("list pattern switch", "List<Block> l = [a, b]; return l switch { [] => x, [var only] => only.call(x), [var p, var q] => q.call(F.relu(p.call(x))), _ => x };")]
    [InlineData("string pattern", "string? s = \"abc\"; return s is ['a', ..] || s is { Length: 3 } and (\"abc\" or \"x\") ? a.call(x) : b.call(x);")]
    [InlineData(
        "required and nested initializers",
        "var o = new Options { Width = 2, Sizes = { 5, 6 }, Nested = { }, Twice = 3 }; return o.Width == 2 && o.Sizes.Count == 3 && o.Sizes[2] == 6 && o.Twice == 8 ? " +
        "a.call(x) : b.call(x);")]
    [InlineData("own indexer and Deconstruct", "var s = new Shape(); s[0] = 3; s[1] = 4; var (p, q) = s; return s[0] == 6 && p == 6 && q == 8 ? a.call(x) : b.call(x);")]
    [InlineData("flags", "var p = Parts.Norm | Parts.Act; return (p & Parts.Act) != 0 && p != Parts.None && (p & ~Parts.Norm) == Parts.Act ? a.call(x) : b.call(x);")]
    [InlineData(
        "anonymous type",
        "var s = new { Width = 3, Block = a }; var all = new[] { 1, 2 }.Select(n => new { n, m = n * 2 }).ToList(); return s.Width == 3 && all[1].m == 4 ? s.Block.call(x) : x;")]
    [InlineData("extension method", "return a.call(x).Act(clip: true) + b.call(x).Act();")]
    [InlineData("generic extension method", "var n = 0; return a.Also(m => n = m.Width).call(x).Also(_ => n++) is var y && n == 5 ? y : x;")]
    [InlineData("extension members", "return a.call(x).Doubled + b.call(x).Twice(2);")]
    [InlineData("extension members of types", "return Setting.Standard.N == 9 && Setting.Standard.More == 10 ? a.call(x) : b.call(x);")]
    [InlineData("null-conditional assignment", "Options? o = new() { Width = 1 }, none = null; o?.Twice = 4; none?.Twice = 5; return o!.Twice == 10 ? a.call(x) : b.call(x);")]
    [InlineData("partial constructor and property", "return new Parted(3).N == 8 ? a.call(x) : b.call(x);")]
    [InlineData(
        "local function with ref and out",
        "void Swap(ref Tensor p, ref Tensor q, out int n) { (p, q) = (q, p); n = 2; } var (y, z) = (a.call(x), b.call(x)); Swap(ref y, ref z, out var n); return n == 2 ? " +
        "F.relu(y) + z : x;")]
    [InlineData("delegate with ref", "Adder add = (ref int n) => n += 2; var n = 1; add(ref n); return n == 3 ? a.call(x) : b.call(x);")]
    [InlineData("params collections", "return Total(1, 2, 3) == 6 && Spanned(4, 5) == 2 && Total() == 0 ? a.call(x) : b.call(x);")]
    [InlineData("nested type and nameof", "return new Setting.Inner(3).K == 3 && nameof(Setting.N) + nameof(Model) == \"NModel\" ? a.call(x) : b.call(x);")]
    [InlineData("MathF and checked", "var n = checked((int)MathF.Ceiling(2.5f)); return n == 3 && MathF.Max(1f, 2f) == 2f && Math.Clamp(9, 1, 4) == 4 && Math.Sign(-3) == -1 ? a.call(x) : b.call(x);")]
    [InlineData(
        "tuple names",
        "(int Width, (bool Act, string Name) More) s = (4, (true, \"n\")); var t = s; t.Width = 5; return s.Width == 4 && t.Width == 5 && t.More.Name == \"n\" && s != t ? " +
        "a.call(x) : b.call(x);")]
    [InlineData("try and using", "using var scope = NewDisposeScope(); try { using (no_grad()) { } return a.call(x).MoveToOuterDisposeScope(); } finally { x = b.call(x); }")]
    [InlineData("guard clauses", "ArgumentNullException.ThrowIfNull(x); _ = a ?? throw new InvalidOperationException(); if (a.Width is not 4) throw new ArgumentException(\"w\"); return a.call(x);")]
    [InlineData("conditional delegate", "Func<Tensor, Tensor>? f = null; f ??= a.call; return f?.Invoke(x) ?? x;")]
    [InlineData("delegate from method group", "Func<int, Block, Tensor, Tensor> f = Twice; return f(2, a, x) + f.Invoke(1, b, x);")]
    [InlineData("constant pattern on enum", "var p = Parts.Act; return p switch { Parts.None => x, Parts.Norm or Parts.Act => a.call(x), _ => b.call(x) };")]
    public void Type_OfUser_EqualsForward(string kind, string body) => Differential.Members(
        $$"""
        private delegate void Adder(ref int n);
        private readonly Block a = new(4), b = new();
        private readonly ReLU relu = ReLU();
        private readonly Residual<Block> r = new();
        private readonly Residual<Tail<Plain>> q = new();
        private readonly Tail<Clipped> t = new();
        public Model() : base("m") { RegisterComponents(); }
        private static T Pick<T>(object value) where T : class => value is T picked ? picked : throw new InvalidCastException();
        private static T? Default<T>() => default;
        private static Tensor Run<T>(T block, Tensor x) where T : Module<Tensor, Tensor> => block.call(x);
        private static int Total(params List<int> all) => all.Sum();
        private static int Spanned(params ReadOnlySpan<int> all) => all.Length;
        private static Tensor Twice(int n, Block block, Tensor x) { x = block.call(x); while (n-- > 1) { x = F.relu(x); } return x; }
        public override Tensor forward(Tensor x) { {{body}} }
        """,
        Beside,
        about: kind);
}
