namespace QatGen.Generators.Tests.Capture;

/// <summary>Collections of modules, tensors and settings, each proven by comparing what was captured with what runs.</summary>
public class CollectionTests
{
    [Theory]
    [InlineData("dictionary", "var d = new Dictionary<string, Conv2d> { [\"a\"] = a, [\"b\"] = b }; return d[\"b\"].call(d[\"a\"].call(x));")]
    [InlineData(
        "dictionary of pairs",
        "var d = new Dictionary<string, int>(4) { { \"one\", 1 } }; d.Add(\"two\", 2); d[\"two\"] += 1; return d[\"one\"] + d[\"two\"] == 4 && d.Count == 2 ? a.call(x) : " +
        "b.call(x);")]
    [InlineData("pairs in order", "var d = new Dictionary<int, Conv2d> { [7] = b, [3] = a }; foreach (var (key, m) in d) { x = key == 7 ? F.relu(m.call(x)) : m.call(x); } return x;")]
    [InlineData("key and value", "foreach (var p in new Dictionary<int, Conv2d> { [2] = b, [1] = a }) { if (p.Key == 1) { x = p.Value.call(x); } else { x = F.relu(p.Value.call(x)); } } return x;")]
    [InlineData("keys and values", "var d = new Dictionary<int, Conv2d> { [2] = b, [1] = a }; foreach (var m in d.Values) { x = F.relu(m.call(x)); } return d.Keys.Sum() == 3 ? F.relu(x) + x : x;")]
    [InlineData(
        "TryGetValue",
        "var d = new Dictionary<string, Conv2d> { [\"a\"] = a }; if (d.TryGetValue(\"z\", out var z)) { x = z.call(x); } return d.TryGetValue(\"a\", out var m) ? m.call(x) : x;")]
    [InlineData(
        "ContainsKey",
        "var d = new Dictionary<(int, string), int>(); d[(1, \"a\")] = 2; d.TryAdd((1, \"a\"), 3); return d.ContainsKey((1, \"a\")) && d[(1, \"a\")] == 2 && " +
        "d.GetValueOrDefault((2, \"a\")) == 0 ? a.call(x) : b.call(x);")]
    [InlineData("Remove", "var d = new Dictionary<int, int> { [1] = 1, [2] = 2 }; d.Remove(1); return d.Count == 1 && !d.ContainsKey(1) ? a.call(x) : b.call(x);")]
    [InlineData("ToDictionary", "var d = new[] { 1, 2 }.ToDictionary(i => $\"n{i}\", i => i * 10); return d[\"n2\"] == 20 ? a.call(x) : b.call(x);")]
    [InlineData("keys and values as collections", "var d = new Dictionary<int, Conv2d> { [2] = b, [1] = a }; return d.Keys.Contains(2) && !d.Keys.Contains(3) && d.Values.Contains(a) && d.Keys.Count == 2 ? a.call(x) : x;")]
    [InlineData("order of texts", "var d = new Dictionary<string, Conv2d> { [\"b\"] = b, [\"B\"] = a }; foreach (var p in d.OrderBy(p => p.Key, StringComparer.Ordinal)) { x = F.relu(p.Value.call(x)); } return x;")]
    [InlineData("alias", "var d = new Dictionary<int, Tensor>(); var e = d; e[0] = a.call(x); return b.call(d[0]);")]
    [InlineData("set", "var s = new HashSet<int> { 1, 2 }; var added = s.Add(2); HashSet<int> t = [3, 3]; return !added && s.Contains(1) && s.Count == 2 && t.Count == 1 ? a.call(x) : b.call(x);")]
    [InlineData("stack", "var s = new Stack<Tensor>(); s.Push(a.call(x)); s.Push(x); var top = s.Pop(); foreach (var y in s) { top = top + F.relu(y); } return s.Peek() + top;")]
    [InlineData("stack from list", "var s = new Stack<Conv2d>(new[] { a, b }); while (s.TryPop(out var m)) { x = F.relu(m.call(x)); } return x;")]
    [InlineData("queue", "var q = new Queue<Conv2d>([b, a]); while (q.Count > 0) { x = F.relu(q.Dequeue().call(x)); } q.Enqueue(a); return q.Peek() == a ? F.relu(x) + x : x;")]
    [InlineData("slices", "var l = new[] { b, a, b, a }; foreach (var m in l[1..^1]) { x = F.relu(m.call(x)); } return l[^1] == a ? F.relu(x) + x : x;")]
    [InlineData("range variable", "Range r = ..2; var l = new[] { 1, 2, 3 }[r]; return l.Length == 2 && \"abc\"[1..] == \"bc\" ? a.call(x) : b.call(x);")]
    [InlineData("slice is a copy", "var l = new[] { 1, 2, 3 }; var c = l[..2]; c[0] = 5; return l[0] == 1 && c[0] == 5 ? a.call(x) : b.call(x);")]
    [InlineData(
        "span",
        "ReadOnlySpan<int> s = new[] { 4, 5, 6 }; var t = s[1..]; var n = 0; foreach (var v in t) { n += v; } return n == 11 && t.Length == 2 && s.Slice(2)[0] == 6 ? " +
        "a.call(x) : b.call(x);")]
    [InlineData("span shows the array", "var l = new[] { 1, 2, 3 }; var s = l.AsSpan(1); l[1] = 7; return s[0] == 7 ? a.call(x) : b.call(x);")]
    [InlineData("span of modules", "ReadOnlySpan<Conv2d> all = [a, b]; foreach (var m in all) { x = F.relu(m.call(x)); } return x;")]
    [InlineData(
        "list methods",
        "var l = new List<int> { 3, 1 }; l.InsertRange(1, [7, 8]); l.RemoveRange(2, 1); l.RemoveAt(0); return l.IndexOf(1) == 1 && l.Contains(7) && l.Exists(v => v > 6) && " +
        "l.GetRange(0, 1).Count == 1 && l.ConvertAll(v => v * 2)[0] == 14 ? a.call(x) : b.call(x);")]
    [InlineData("array methods", "var l = new int[3]; Array.Fill(l, 2); Array.Reverse(l); return l.Sum() == 6 && Array.IndexOf(l, 2) == 0 ? a.call(x) : b.call(x);")]
    [InlineData("array of arrays", "int[][] t = [[1, 2], [3]]; return t[0][1] + t[1][^1] == 5 ? a.call(x) : b.call(x);")]
    [InlineData("spread", "int[] some = [1, 2]; List<int> l = [0, .. some, .. some.Select(i => i * 10), 9]; return l.Count == 6 && l[4] == 20 ? a.call(x) : b.call(x);")]
    [InlineData("array changed in its loop", "var l = new[] { 1, 2 }; var n = 0; foreach (var v in l) { n = n * 10 + v; l[1] = 9; } return n == 19 ? a.call(x) : b.call(x);")]
    public void Collection_InForward_EqualsForward(string kind, string body) => Forward(kind, body);

    [Theory]
    [InlineData("SelectMany", "new[] { 2, 1 }.SelectMany(n => Enumerable.Repeat(n, n)).SequenceEqual(new[] { 2, 2, 1 })")]
    [InlineData("SelectMany with a result", "(from i in new[] { 1, 2 } from j in new[] { 10, 20 } where i < 2 || j > 10 select i * j).Sum() == 10 + 20 + 40")]
    [InlineData("Zip", "new[] { 1, 2, 3 }.Zip(new[] { 10, 20 }).Select(p => p.First * p.Second).Sum() == 50 && new[] { 1 }.Zip(new[] { 4 }, (p, q) => p - q).First() == -3")]
    [InlineData("Append and Prepend", "string.Join(\"\", new[] { 2 }.Append(3).Prepend(1).Concat(new[] { 4 }).Reverse().Select(i => i * 1).ToArray()) == \"4321\"")]
    [InlineData("order", "new[] { 2, 1, 3 }.OrderByDescending(v => v).First() == 3 && new[] { 2, 1 }.OrderBy(v => v).ElementAt(0) == 1")]
    [InlineData(
        "ends",
        "new[] { 1, 2, 3 }.Last() == 3 && new[] { 1, 2, 3 }.First(v => v > 1) == 2 && new int[0].FirstOrDefault() == 0 && new[] { 5 }.Single() == 5 && new[] { 1, 2 " +
        "}.LastOrDefault(v => v > 4) == 0")]
    [InlineData("tests", "new[] { 1, 2 }.All(v => v > 0) && new[] { 1, 2 }.Any(v => v == 2) && !new int[0].Any() && new[] { 1, 2 }.Contains(2) && new[] { 1, 2 }.Count(v => v > 1) == 1")]
    [InlineData("sums", "new[] { 1, 2 }.Sum(v => v * 2L) == 6L && new[] { 1, 5 }.Max() == 5 && new[] { 1, 5 }.Min(v => -v) == -5 && new[] { 0.5, 0.25 }.Sum() == 0.75")]
    [InlineData("Aggregate", "new[] { 1, 2, 3 }.Aggregate((p, q) => p * 10 + q) == 123 && new[] { 1, 2 }.Aggregate(7, (p, q) => p + q, r => r * 2) == 20")]
    [InlineData(
        "parts",
        "new[] { 1, 2, 3, 4 }.Skip(1).Take(2).Sum() == 5 && new[] { 1, 2, 3 }.TakeLast(2).First() == 2 && new[] { 1, 2, 3 }.SkipLast(1).Last() == 2 && new[] { 1, 5, 2 " +
        "}.TakeWhile(v => v < 3).Count() == 1")]
    [InlineData("Chunk", "new[] { 1, 2, 3 }.Chunk(2).Last().Length == 1 && new[] { 1, 5, 2 }.SkipWhile(v => v < 3).Count() == 2")]
    [InlineData("Index", "new[] { 4, 5 }.Index().Sum(p => p.Index * p.Item) == 5 && new[] { 1, 1 }.ToHashSet().Count == 1")]
    [InlineData("laziness", "Lazily()")]
    [InlineData("query", "(from i in Enumerable.Range(0, 4) let j = i * i where j % 2 == 0 orderby j descending select j).First() == 4")]
    public void Linq_OnSettings_EqualsForward(string kind, string condition) => Forward(kind, $"return {condition} ? a.call(x) : b.call(x);");

    [Theory]
    [InlineData("iterator of modules", "foreach (var m in All()) { x = F.relu(m.call(x)); } return x;")]
    [InlineData("iterator of tensors", "return torch.cat(Features(x).ToList(), 1);")]
    [InlineData(
        "interleaved",
        "var log = new List<int>(); foreach (var i in Logged(log)) { log.Add(i * 10); if (i == 2) { break; } } return string.Join(\",\", log.ToArray()) == \"1,10,2,20,99\" " +
        "? a.call(x) : b.call(x);")]
    [InlineData("not run", "var log = new List<int>(); var q = Logged(log); return log.Count == 0 && q.First() == 1 && log.Count == 2 ? a.call(x) : b.call(x);")]
    [InlineData("run anew", "var log = new List<int>(); var q = Logged(log).Where(i => i > 1); return q.Count() + q.Count() == 4 && log.Count == 8 ? a.call(x) : b.call(x);")]
    [InlineData("yield break", "return Until(2).Sum() == 1 && Until(9).Count() == 4 ? a.call(x) : b.call(x);")]
    [InlineData("return in the loop", "foreach (var m in All()) { x = m.call(x); return F.relu(x); } return x;")]
    [InlineData("local iterator", "IEnumerable<Conv2d> Both() { yield return b; yield return a; } foreach (var m in Both()) { x = m.call(x); } return x;")]
    [InlineData(
        "selector and body in turn",
        "var log = new List<int>(); foreach (var v in new[] { 1, 2 }.Select(i => { log.Add(i); return i; })) { log.Add(v * 10); } return log[1] == 10 && log[2] == 2 ? " +
        "a.call(x) : b.call(x);")]
    public void Iterator_Lazy_EqualsForward(string kind, string body) => Forward(kind, body);

    [Fact]
    public void Iterator_ThatAnArgumentDecides_QG1005() => Markup.Verify("""
        private readonly Sequential s;
        public Model(bool act) : base("m") { s = Sequential(Layers(act)); RegisterComponents(); }
        private static IEnumerable<Module<Tensor, Tensor>> Layers(bool act) { yield return Conv2d(4, 4, 1); if (act) { yield return {|QG1005:ReLU()|}; } }
        public override Tensor forward(Tensor x) => s.call(x);
        """);

    [Fact]
    public void Zip_SecondThatComputes_QG1006() => Markup.Verify("""
        private readonly Conv2d a = Conv2d(4, 4, 1);
        public Model() : base("m") { RegisterComponents(); }
        public override Tensor forward(Tensor x) { foreach (var (y, n) in {|QG1006:new[] { 1 }.Zip(new[] { a }.Select(m => m.call(x)))|}) { x = n; } return x; }
        """);

    [Fact]
    public void Table_OfTenThousandElements_IsWithinTheBudget()
    {
        Differential.Members(
            $$"""
            private static readonly int[] Table = [{{string.Join(", ", Enumerable.Range(0, 10_000))}}];
            private static readonly Dictionary<int, int> Map = new() { {{string.Join(", ", Enumerable.Range(0, 9_999).Select(static i => $"[{i}] = {i * 2}"))}} };
            private readonly Conv2d a;
            public Model() : base("m") { a = Conv2d(4, Table[7] + Map[1], 1); RegisterComponents(); }
            public override Tensor forward(Tensor x) => a.call(x);
            """);
    }

    [Theory]
    [InlineData("var d = new Dictionary<int, int> { [1] = 1 }; var n = {|QG1006:d[2]|};")]
    [InlineData("var d = new Dictionary<int, int>(); d.Add(1, 1); {|QG1006:d.Add(1, 2)|};")]
    [InlineData("var d = new Dictionary<int, int> { [1] = 1 }; d.Remove(1); {|QG1006:d.Add(2, 2)|};")]
    [InlineData("var d = {|QG1006:new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase)|};")]
    [InlineData("var l = {|QG1006:new[] { 1, 2 }[1..4]|};")]
    [InlineData("var l = {|QG1006:new int[0].First()|};")]
    public void Collection_Wrong_IsReportedAtItsPlace(string body) => Markup.Verify($$"""
        public Model() : base("m") { RegisterComponents(); }
        public override Tensor forward(Tensor x) { {{body}} return x; }
        """);

    private static void Forward(string kind, string body) => Differential.Members(
        $$"""
        private readonly Conv2d a = Conv2d(4, 4, 3, padding: 1), b = Conv2d(4, 4, 1);
        public Model() : base("m") { RegisterComponents(); }
        private IEnumerable<Conv2d> All() { yield return a; foreach (var m in new[] { b }) { yield return m; } }
        private IEnumerable<Tensor> Features(Tensor x) { foreach (var m in All()) { x = F.relu(m.call(x)); yield return x; } }
        private static IEnumerable<int> Logged(List<int> log) { try { for (var i = 1; i < 4; i++) { log.Add(i); yield return i; } } finally { log.Add(99); } }
        private static IEnumerable<int> Until(int stop) { for (var i = 0; i < 4; i++) { if (i == stop) { yield break; } yield return i; } }
        private static bool Lazily() { var n = 0; var q = new[] { 1, 2, 3 }.Select(i => { n++; return i; }); return q.Any(i => i == 2) && n == 2 && q.Take(1).Count() == 1 && n == 3; }
        public override Tensor forward(Tensor x) { {{body}} }
        """,
        about: kind);
}
