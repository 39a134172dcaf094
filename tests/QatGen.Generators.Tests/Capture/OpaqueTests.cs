namespace QatGen.Generators.Tests.Capture;

/// <summary>Calls that no operator claims are captured as they are written.</summary>
public class OpaqueTests
{
    [Theory]
    [InlineData("F.hardshrink(x)", "functional.hardshrink[hardshrink](%0) x: x")]
    [InlineData("x.digamma()", "digamma[digamma](%0)")]
    [InlineData("torch.digamma(x)", "digamma[digamma](%0) input: x")]
    [InlineData("torch.special.expit(x)", "special.expit[special_expit](%0) input: x")]
    [InlineData("x % 2", "operator %[modulus](%0) left: x, right: 2")]
    [InlineData("x % 0.1f", "operator %[modulus](%0) left: x, right: (float)(0.10000000149011612d)")]
    [InlineData("1 + x % 3L", "operator %[modulus](%0) left: x, right: (long)(3)")]
    [InlineData("x % x.digamma()", "digamma[digamma](%0)")]
    [InlineData("(~(x > 0)).@float()", null)]
    [InlineData("x.T", "T[T](%0)")]
    [InlineData("x.nan_to_num(0.5, posinf: 1)", null)]
    [InlineData("x.logsumexp(-1, keepdim: true)", "logsumexp[logsumexp](%0) dim: (long)(-1), keepdim: true")]
    [InlineData("x.unfold(2, 3, 1).sum(-1)", "unfold[unfold](%0) dimension: (long)(2), size: (long)(3), step: (long)(1)")]
    [InlineData("F.interpolate(x, scale_factor: [2, 2], mode: InterpolationMode.Nearest)", null)]
    [InlineData("F.interpolate(x, size: x.shape[2..], mode: InterpolationMode.Bilinear, align_corners: true)", null)]
    [InlineData("F.pad(x, [1, 2, 1, 2], value: 0.5)", null)]
    [InlineData("torch.stack(new List<Tensor> { x, F.relu(x) }, 1)", null)]
    [InlineData("torch.where(x > 0, x, torch.zeros_like(x))", null)]
    [InlineData("torch.matmul(x, x.transpose(-2, -1)) * 0.5", null)]
    [InlineData("x.to(torch.float64).half().@float()", null)]
    [InlineData("x.softmax(dim: 1, dtype: ScalarType.Float32)", null)]
    public void Call_WithoutOperator_IsPrintedAsWritten(string expression, string? node)
    {
        var graph = Members(expression);
        if (node is not null)
        {
            Assert.Equal(node, $"{graph.ToString().Split('\n')[0].Substring("%1 = ".Length)} {graph.Nodes[0].Attributes}".TrimEnd());
        }
    }

    [Theory]
    [InlineData("x[0]")]
    [InlineData("x[0, 1]")]
    [InlineData("x[.., 0]")]
    [InlineData("x[.., 1..3]")]
    [InlineData("x[.., ..^1]")]
    [InlineData("x[.., ^1]")]
    [InlineData("x[.., .., 2..]")]
    [InlineData("x[TensorIndex.Ellipsis, TensorIndex.Slice(0, 8, 2)]")]
    [InlineData("x[TensorIndex.Ellipsis, TensorIndex.Slice(stop: x.shape[3] / 2)]")]
    [InlineData("x[TensorIndex.Colon, TensorIndex.Null, TensorIndex.Single(1)]")]
    [InlineData("x[.., (1, 3)]")]
    [InlineData("x[TensorIndex.Tensor(torch.tensor(new long[] { 1, 0 }))]")]
    [InlineData("x[x > 0]")]
    public void Indexer_Forms_EqualEmitted(string expression) => Members(expression);

    [Theory]
    [InlineData("x.reshape(x.shape[0], x.shape[1] * x.shape[2], -1)")]
    [InlineData("x.view(x.size(0) * 2, x.size(1) / 2, x.shape[2], x.shape[^1])")]
    [InlineData("x.narrow(1, 0, x.shape[1] / 2)")]
    [InlineData("x.narrow(1, x.shape[1] - 2, 2)")]
    [InlineData("F.avg_pool2d(x, x.shape[2])")]
    [InlineData("F.interpolate(x, size: new long[] { x.shape[2] * 2, (long)(x.shape[3] * 0.5) })")]
    [InlineData("x.repeat(1, Math.Max(x.shape[1] / 4, 2), 1, 1)")]
    [InlineData("x / Math.Sqrt(x.shape[1])")]
    [InlineData("x.flatten(x.dim() - 2)")]
    [InlineData("F.relu(x).expand_as(x).reshape(x.shape)")]
    [InlineData("F.relu(x).view_as(x)")]
    [InlineData("x.sum() / x.numel()")]
    [InlineData("x + torch.ones(x.shape[1], 1, 1, dtype: x.dtype, device: x.device)")]
    [InlineData("x + torch.arange(x.shape[3])")]
    [InlineData("x + torch.linspace(0.0, 1.0, steps: x.shape[3])")]
    [InlineData("x + x.new_zeros(x.shape[2], 1)")]
    [InlineData("x + torch.tensor(new float[] { 1, 2, 3, 4, 5, 6, 7, 8 })")]
    [InlineData("x + torch.eye(8)")]
    public void Shapes_InArguments_EqualEmitted(string expression) => Members(expression);

    [Theory]
    [InlineData("var p = x.chunk(2, 1); return p[0] + p[1];", "chunk.0, chunk.1, add")]
    [InlineData("var p = x.split([1, 3], 1); return p[^1];", "split.1")]
    [InlineData("var p = x.split(2, 1); return p[1] + p[0];", "split.0, split.1, add")]
    [InlineData("var (v, i) = x.cummax(1); return v;", "cummax, cummax.0")]
    [InlineData("var (v, i) = x.sort(1); return v;", "sort.0")]
    [InlineData("var t = x.topk(2, 1); return t.values * t.indexes;", null)]
    [InlineData("return x.topk(2, 1).Item1;", null)]
    [InlineData("var s = x; foreach (var y in x.chunk(4, 1)) { s = s + y; } return s;", null)]
    [InlineData("return torch.cat(x.tensor_split(3, 1).Reverse().ToList(), 1);", null)]
    [InlineData("return torch.stack(x.unbind(1), 2);", "unbind.0, unbind.1, unbind.2, unbind.3, stack")]
    [InlineData("return torch.stack(F.relu(x).unbind(1), 2);", "relu, unbind.0, unbind.1, unbind.2, unbind.3, stack")]
    [InlineData("var p = (x * 2).split(3, -2); return p[^1] + p[1][.., .., ..2];", null)]
    [InlineData("var p = F.hardshrink(x).unbind(2); return p[3] + p[^2];", "hardshrink, unbind.3, unbind_1, add")]
    [InlineData("return torch.cat((x * 2).split(3, 1), 1);", null)]
    [InlineData("Tensor? y = null; foreach (var z in x.unbind(2)) { y = y is null ? z : y * z; } return y!;", null)]
    [InlineData("var l = x.chunk(2, 1).ToList(); l.Add(l[^1]); return torch.cat(l, 1);", null)]
    public void Results_Several_AreItems(string body, string? paths)
    {
        var graph = Differential.Members($$"""
            public Model() : base("m") { RegisterComponents(); }
            public override Tensor forward(Tensor x) { {{body}} }
            """);
        if (paths is not null)
        {
            Assert.Equal(paths, string.Join(", ", graph.Nodes.Select(static n => n.Path)));
        }
    }

    [Theory]
    [InlineData("Sequential s = Sequential(GELU(), Sigmoid(), Softmax(1));", "s.call(x)")]
    [InlineData("LayerNorm n = LayerNorm(8); SiLU a = SiLU(inplace: true);", "a.call(n.call(x))")]
    [InlineData("GRUCell c = GRUCell(8, 8);", "c.call(x[0, 0], torch.zeros(8, 8))")]
    [InlineData("LSTMCell c = LSTMCell(8, 8);", "c.call(x[0, 0], (x[0, 1], x[0, 1])).Item1 + c.call(x[0, 1], (x[0, 2], x[0, 3])).Item2")]
    [InlineData("LSTM c = LSTM(8, 8);", "c.call(x[0]).Item1")]
    [InlineData("MultiheadAttention a = MultiheadAttention(8, 2);", "a.call(x[0], x[1], x[0], null, true, null).Item1")]
    [InlineData("Bilinear b = Bilinear(8, 8, 3);", "b.call(x, F.relu(x))")]
    [InlineData("Upsample u = Upsample(scale_factor: [2, 2]);", "u.call(u.call(x))")]
    public void Module_WithoutOperator_EqualsEmitted(string fields, string expression) => Members(expression, fields);

    [Theory]
    [InlineData("Parameter w = Parameter(torch.ones(8));", "x * w", "w, mul")]
    [InlineData("Parameter w = new(torch.ones(4, 1, 1));", "w + x * w", "w, mul, add")]
    [InlineData("Tensor eye = torch.eye(8) * 2;", "x + eye", "eye, add")]
    [InlineData("Conv2d c = Conv2d(4, 4, 1);", "F.conv2d(x, c.weight, c.bias)", "c.weight, c.bias, conv2d")]
    [InlineData("BatchNorm2d n = BatchNorm2d(4);", "x + n.running_mean.view(1, -1, 1, 1)", null)]
    [InlineData("Inner i = new();", "i.call(x)", null)]
    [InlineData("Parameter w = Parameter(torch.ones(1, 4));", "w.expand(x.shape[0], -1).sum() * x", null)]
    public void State_AsOperand_EqualsEmitted(string fields, string expression, string? paths)
    {
        var graph = Members(expression, fields, """
            public sealed class Inner : Module<Tensor, Tensor>
            {
                private readonly Tensor mean;
                public Inner() : base("i") { register_buffer("centre", torch.ones(8)); mean = torch.zeros(8); register_parameter("gain", Parameter(mean.clone())); RegisterComponents(); }
                public override Tensor forward(Tensor x) => x - mean;
            }
            """);
        if (paths is not null)
        {
            Assert.Equal(paths, string.Join(", ", graph.Nodes.Select(static n => n.Path)));
        }
    }

    [Theory]
    [InlineData("var y = x.transpose(1, 2); y.mul_(2); return x;", "y.mul_(2)")]
    [InlineData("var y = x.chunk(2, 1); y[0].mul_(2); return x;", "y[0].mul_(2)")]
    [InlineData("var y = drop.call(x); y.mul_(2); return x;", "y.mul_(2)")]
    [InlineData("var y = kept.call(x); y.mul_(2); return x;", "y.mul_(2)")]
    public void InPlace_ThroughView_QG1009(string body, string place)
    {
        Assert.Contains(place, body, StringComparison.Ordinal);
        var source = Differential.Source($$"""
            private readonly SiLU act = SiLU(inplace: true);
            private readonly Dropout2d drop = Dropout2d();
            [KeepAsIs] private readonly GELU kept = GELU();
            public Model() : base("m") { RegisterComponents(); }
            public override Tensor forward(Tensor x) { {{body}} }
            """);
        var violation = CaptureHarness.Capture(CaptureHarness.Compile(source), "Model").Violations.First(static v => v.Violation.Rule == CaptureRules.InPlace);
        Assert.Equal(place, source.Substring(violation.Location.SourceSpan.Start, violation.Location.SourceSpan.Length));
    }

    [Theory]
    [InlineData("var y = x * 2; y = y.add_(x); return y;")]
    [InlineData("var y = x * 2; y += x; y *= 2; return y - x;")]
    [InlineData("var y = F.gelu(x).mul_(2).relu_(); return y;")]
    [InlineData("var y = F.silu(x * 2, inplace: true); return y + x;")]
    [InlineData("return act.call(x * 2) + x;")]
    [InlineData("x = F.gelu(x); x.relu_(); return x;")]
    [InlineData("var y = x * 2; y.add_(x); return y;")]
    [InlineData("var y = x * 2; F.silu(y, inplace: true); return y;")]
    [InlineData("var y = x * 2; act.call(y); return y;")]
    [InlineData("var y = x * 2; torch.add_(y, x); return y;")]
    public void InPlace_ThroughOneTensor_EqualsEmitted(string body) => Differential.Members($$"""
        private readonly SiLU act = SiLU(inplace: true);
        public Model() : base("m") { RegisterComponents(); }
        public override Tensor forward(Tensor x) { {{body}} }
        """);

    [Fact]
    public void State_WrittenInForward_QG1011()
    {
        var source = Differential.Source("""
            private readonly Tensor count = torch.zeros(8);
            public Model() : base("m") { RegisterComponents(); }
            public override Tensor forward(Tensor x) => x + count.add_(1);
            """);
        var violation = CaptureHarness.Capture(CaptureHarness.Compile(source), "Model").Violations.Single(static v => v.Violation.Rule == CaptureRules.StateInForward);
        Assert.Equal("count.add_(1)", source.Substring(violation.Location.SourceSpan.Start, violation.Location.SourceSpan.Length));
    }

    [Theory]
    [InlineData("x + {|QG1006:loose[0]|}")]
    [InlineData("x + {|QG1006:Shared|}")]
    public void Tensor_NotRegistered_QG1006(string expression) => Markup.Verify($$"""
        private static readonly Tensor Shared = torch.rand(8);
        private readonly List<Tensor> loose = new() { torch.zeros(8) };
        public Model() : base("m") { RegisterComponents(); }
        public override Tensor forward(Tensor x) => {{expression}};
        """);

    [Theory]
    [InlineData("class", "Kept k = new();", "k.call(x)", "k")]
    [InlineData("class, forward", "Kept k = new();", "k.forward(x)", "k")]
    [InlineData("class, called twice", "Kept k = new();", "k.call(k.call(x))", "k, k#2")]
    [InlineData("field of own class", "[KeepAsIs] Plain p = new();", "p.call(x)", "p")]
    [InlineData("other field of the class", "[KeepAsIs] Plain p = new(); Plain q = new();", "q.call(p.call(x))", "p, q.c, q.relu")]
    [InlineData("field of TorchSharp's class", "[KeepAsIs] Sequential s = Sequential(Conv2d(4, 4, 1), ReLU());", "s.call(x)", "s")]
    [InlineData("field that a catalogue operator claims", "[KeepAsIs] ReLU r = ReLU();", "r.call(x)", "r")]
    [InlineData("several inputs and outputs", "Pair p = new();", "p.call(x, F.relu(x)).Item2[0]", "relu, p, p.1, item")]
    [InlineData("static method", "[KeepAsIs] internal static Tensor Own(Tensor x, double k) => x.item<float>() > 0 ? x : x * k;", "Own(x[0, 0, 0, 0], 2) * x", "this, Own, mul")]
    [InlineData("method", "double k = 3; [KeepAsIs] internal Tensor Own(Tensor x, int n = 1) => x * k * n;", "Own(x)", "Own")]
    [InlineData("method of a block", "Plain p = new();", "p.Twice(n: 2, x: x)", "p.Twice")]
    public void KeepAsIs_Call_StaysOne(string kind, string members, string expression, string paths)
    {
        var graph = Differential.Members(
            $$"""
            {{members}}
            public Model() : base("m") { RegisterComponents(); }
            public override Tensor forward(Tensor x) => {{expression}};
            """,
            """
            [KeepAsIs]
            public sealed class Kept : Module<Tensor, Tensor>
            {
                private readonly Dictionary<string, Conv2d> all = new() { ["a"] = Conv2d(4, 4, 1) };
                public Kept() : base("k") { foreach (var (name, module) in all.OrderBy(p => p.Key)) { register_module(name, module); } }
                public override Tensor forward(Tensor x) => x.sum().item<float>() > 0 ? all["a"].call(x) : x * 2;
            }

            public sealed class Plain : Module<Tensor, Tensor>
            {
                private readonly Conv2d c = Conv2d(4, 4, 1);
                public Plain() : base("p") { RegisterComponents(); }
                public override Tensor forward(Tensor x) => F.relu(c.call(x));
                [KeepAsIs] public Tensor Twice(Tensor x, int n) => c.call(x) * n;
            }

            [KeepAsIs]
            public sealed class Pair : Module<Tensor, Tensor, (Tensor, List<Tensor>)>
            {
                public Pair() : base("p") { RegisterComponents(); }
                public override (Tensor, List<Tensor>) forward(Tensor x, Tensor y) => (x, [y * 3, x]);
            }
            """,
            about: kind);
        Assert.Equal(paths, string.Join(", ", graph.Nodes.Select(static n => n.Path)));
    }

    [Theory]
    [InlineData("[KeepAsIs] ReLU r = ReLU();", "{|QG1003:r.call(x)|}", "'[KeepAsIs] ReLU'")]
    [InlineData("[KeepAsIs] internal static Tensor Own(Tensor x) => x;", "{|QG1003:Own(x)|}", "'[KeepAsIs] Own'")]
    [InlineData("[KeepAsIs] private static Tensor Own(Tensor x) => x;", "{|QG1006:Own(x)|}", "internal or public")]
    [InlineData("[KeepAsIs] internal static Tensor Own(ref Tensor x) => x;", "{|QG1006:Own(ref x)|}", "ref or out")]
    public void KeepAsIs_Call_IsReported(string members, string expression, string message) => Assert.Contains(message, Markup.Verify($$"""
        {{members}}
        public Model() : base("m") { RegisterComponents(); }
        public override Tensor forward(Tensor x) => {{expression}};
        """), StringComparison.Ordinal);

    private static QatGen.Graphs.Graph Members(string expression, string fields = "", string beside = "") => Differential.Members(
        $$"""
        {{fields}}
        public Model() : base("m") { RegisterComponents(); }
        public override Tensor forward(Tensor x) => {{expression}};
        """,
        beside);
}
