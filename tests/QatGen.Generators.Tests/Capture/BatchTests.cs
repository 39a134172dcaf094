using QatGen.Graphs;
using QatGen.Operators;
using QatGen.Passes;

namespace QatGen.Generators.Tests.Capture;

/// <summary>Indices, sizes, moved parameters and a moved batch: captured as written, and programs that compute the same.</summary>
public class BatchTests
{
    [Theory]
    [InlineData("x[.., 0]")]
    [InlineData("x[.., ^1, 1..^1]")]
    [InlineData("x[.., .., (2, null), TensorIndex.Slice(1, 8, 3)]")]
    [InlineData("x[TensorIndex.Ellipsis, 1..3, 2]")]
    [InlineData("x[.., TensorIndex.None, 1, TensorIndex.Ellipsis, TensorIndex.None, ..^2]")]
    [InlineData("x[TensorIndex.Colon, TensorIndex.Single(-2)]")]
    [InlineData("x[.., 1][.., 2..]")]
    [InlineData("x[.., .., ..(int)(x.shape[2] / 2)] + x[.., .., TensorIndex.Slice(x.shape[2] / 2)]")]
    [InlineData("x.transpose(0, 1)[2]")]
    [InlineData("x.permute(2, 1, 0, 3)[1, 2..].transpose(0, 1)")]
    [InlineData("x.transpose(0, 1)[TensorIndex.None, ^1, TensorIndex.Ellipsis, 3].transpose(0, 1)")]
    [InlineData("x[TensorIndex.None].squeeze(0)")]
    public void Index_OfConstants_IsAProgram(string expression) => Program($"return {expression};");

    [Theory]
    [InlineData("return x.reshape(x.shape[0], x.shape[1] * x.shape[2], -1);")]
    [InlineData("return x.view(x.size(0), x.size(1) / 2, x.shape[2] * 2, x.shape[^1]);")]
    [InlineData("return x.narrow(1, x.shape[1] - 2, 2);")]
    [InlineData("var (n, c, h, w) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3]); var y = F.relu(x); return y.view(n, c, h * w).transpose(1, 2).reshape(n, h, w, c);")]
    [InlineData("return F.interpolate(x, size: x.shape[2..]);")]
    [InlineData("var y = F.max_pool2d(x, 2); return F.interpolate(y, size: x.shape[2..]) + x;")]
    [InlineData("return F.interpolate(x, size: new long[] { x.shape[2] * 2, (long)(x.shape[3] * 0.5) });")]
    [InlineData("return x / Math.Sqrt(x.shape[1]);")]
    [InlineData("return F.avg_pool2d(x, x.shape[2]);")]
    [InlineData("return x.flatten(x.dim() - 2);")]
    public void Size_Computed_IsANumber(string body) => Program(body);

    [Theory]
    [InlineData("return torch.cat([token.expand(x.shape[0], -1, 8, 8), x], 1);")]
    [InlineData("return torch.cat([x, token.repeat(x.shape[0], 1, 8, 8)], 1);")]
    [InlineData("return x + map.permute(0, 2, 1).unsqueeze(0);")]
    [InlineData("return x * rows[0].view(1, 8, 1) + rows[1];")]
    [InlineData("return x.matmul(rows.transpose(0, 1));")]
    [InlineData("return x + map.flip(1).narrow(2, 0, 1);")]
    [InlineData("return x.transpose(0, 1) is var y ? (y + sequence).transpose(0, 1) : x;")]
    public void Parameter_Moved_IsAConstant(string body) => Program(body, Parameters);

    [Theory]
    [InlineData("return x.flatten(2).permute(2, 0, 1).relu().permute(1, 2, 0);")]
    [InlineData("var p = x.reshape(x.shape[0], 4, 4, 2, 8).permute(3, 0, 1, 2, 4); return p[0] + p[1];")]
    [InlineData("var p = x.view(x.shape[0], 2, 2, 8, 8).permute(1, 0, 2, 3, 4).unbind(0); return p[1] - p[0];")]
    [InlineData("var p = x.transpose(0, 1).chunk(2, 0); return torch.cat([p[1], p[0]], 0).transpose(0, 1);")]
    [InlineData("var y = x.movedim([0], [2]); return torch.stack([y, -y], 0).sum(-5).movedim([2], [0]) + x;")]
    [InlineData("return x.transpose(0, 2).softmax(dim: -1).mean([0], true).squeeze(0).transpose(0, 1);")]
    [InlineData("var y = x.transpose(0, 1); return y.matmul(y.transpose(2, 3)).transpose(0, 1);")]
    [InlineData("return x.swapaxes(0, 1).unsqueeze(0).flatten(0, 1).reshape(2, 2, x.shape[0], 64).flatten(0, 1).transpose(1, 0);")]
    [InlineData("return torch.einsum(\"cnhw,cndw->nchd\", x.transpose(0, 1), x.transpose(0, 1));")]
    [InlineData("return fc.call(x.permute(1, 2, 0, 3)).permute(2, 0, 1, 3);", "private readonly Linear fc = Linear(8, 3);")]
    [InlineData("return norm.call(x.permute(1, 2, 0, 3)).permute(2, 0, 1, 3);", "private readonly LayerNorm norm = LayerNorm(8);")]
    public void Batch_MovedAndBack_IsAProgram(string body, string fields = "") => Program(body, fields);

    [Theory]
    [InlineData("var (y, h, c) = rnn.call(s.transpose(0, 1)); return y.transpose(0, 1) + h[0].unsqueeze(1) * c[1].unsqueeze(1);", "private readonly LSTM rnn = LSTM(8, 3, numLayers: 2);")]
    [InlineData("var (y, h) = rnn.call(s); return y + h.transpose(0, 1).flatten(1).unsqueeze(1);", "private readonly GRU rnn = GRU(8, 3, batchFirst: true, bidirectional: true);")]
    [InlineData("var (y, h) = rnn.call(s); return rnn.call(s, h).Item1 + y;", "private readonly GRU rnn = GRU(8, 3, batchFirst: true);")]
    [InlineData("var (_, h, c) = rnn.call(s); return rnn.call(s, (h, c)).Item1;", "private readonly LSTM rnn = LSTM(8, 3, batchFirst: true);")]
    [InlineData("var t = s.transpose(0, 1); var (y, w) = attention.call(t, t, t, null, true, null); return y.transpose(0, 1) + w.mean([2], true);", "private readonly MultiheadAttention attention = MultiheadAttention(8, 2);")]
    [InlineData("return F.scaled_dot_product_attention(x, x.flip(2), x);")]
    [InlineData("var t = x.transpose(0, 1); return F.scaled_dot_product_attention(t, t, t).transpose(0, 1);")]
    [InlineData("return F.scaled_dot_product_attention(x, x, x, is_casual: true);")]
    [InlineData("return F.scaled_dot_product_attention(x, x, x, later[..8, ..8]);", Later)]
    [InlineData("return F.scaled_dot_product_attention(x, x, x, x.gt(0));")]
    [InlineData("return F.scaled_dot_product_attention(x, x, x, x);")]
    [InlineData("var t = x.transpose(0, 1); return F.scaled_dot_product_attention(t, t, t, later[..8, ..8]).transpose(0, 1);", Later)]
    [InlineData("return (x.matmul(x) + later[..8, ..8]).softmax(-1);", Later)]
    [InlineData("return F.softmax(x.masked_fill(later[..8, ..8] < 0, float.NegativeInfinity), -1);", Later)]
    [InlineData("return F.softmax(x.masked_fill((x > -1) & ~(x < 0) | x.lt(-1).logical_not().logical_not(), -1e9f), -1);")]
    [InlineData("var t = s.transpose(0, 1); return attention.call(t, t, t, s.mean([2]).lt(-10), true, later).Item1.transpose(0, 1);", Later + " private readonly MultiheadAttention attention = MultiheadAttention(8, 2);")]
    public void Sequence_OfLayersAndAttention_IsAProgram(string body, string fields = "") => Program($"var s = x.flatten(1, 2); {body}", fields);

    [Theory]
    [InlineData("return rnn.call(s).Item1;")]
    [InlineData("return attention.call(s, s, s, null, true, null).Item1;")]
    [InlineData("return F.scaled_dot_product_attention(x, x, x, p: 0.1);")]
    public void Sequence_WithTheBatchAtAnotherAxis_QG1007(string body) => Assert.Contains("QG1007", string.Join("\n", Pipeline.Run(Differential.Members($$"""
        private readonly LSTM rnn = LSTM(8, 3);
        private readonly MultiheadAttention attention = MultiheadAttention(8, 2);
        public Model() : base("m") { RegisterComponents(); }
        public override Tensor forward(Tensor x) { var s = x.flatten(1, 2); {{body}} }
        """)).Violations), StringComparison.Ordinal);

    [Theory]
    [InlineData("return {|QG1040:x.transpose(0, 1)|};")]
    [InlineData("return {|QG1040:F.relu(x.transpose(0, 1))|};")]
    [InlineData("return {|QG1040:F.max_pool2d(x.transpose(0, 1), 2)|}.transpose(0, 1);")]
    [InlineData("return {|QG1040:x.transpose(0, 1).softmax(dim: 1)|}.transpose(0, 1);")]
    [InlineData("return {|QG1040:x.transpose(0, 1)[.., 0]|};")]
    [InlineData("return {|QG1040:x.permute(1, 0, 2, 3).sum(1)|};")]
    [InlineData("return {|QG1007:x[TensorIndex.None, 0]|};")]
    [InlineData("return {|QG1007:x.reshape(x.shape[0] * 4, 8, 8)|}.reshape(x.shape[0], 4, 8, 8);")]
    public void Batch_WhereAnOperatorNeedsItFirst_IsRefused(string body) => Markup.Verify($$"""
        public Model() : base("m") { RegisterComponents(); }
        public override Tensor forward(Tensor x) { {{body}} }
        """);

    [Fact]
    public void Parameter_ReadInParts_StaysOne()
    {
        var graph = Program("return x * rows[0] + rows[1];", Parameters);
        Assert.Equal(["rows"], Pipeline.Run(graph).Fused!.Nodes.Where(static n => n.Operator == "Constant").Select(static n => ((Value.Text)n.Attributes["target"]!).Content).Distinct());
    }

    private const string Later = "private readonly Tensor later = torch.full([32, 32], -100f).triu(1);";

    private const string Parameters = """
        private readonly Parameter token = Parameter(torch.zeros(1, 3, 1, 1));
        private readonly Parameter map = Parameter(torch.ones(4, 8, 8) * 0.5);
        private readonly Parameter rows = Parameter(torch.randn(2, 8));
        private readonly Parameter sequence = Parameter(torch.randn(4, 1, 8, 8));
        """;

    private static Graph Program(string body, string fields = "")
    {
        var graph = Differential.Members($$"""
            {{fields}}
            public Model() : base("m") { RegisterComponents(); }
            public override Tensor forward(Tensor x) { {{body}} }
            """);
        Assert.Equal("", string.Join("\n", Pipeline.Run(graph).Violations));
        Assert.All(Pipeline.Run(graph).Fused!.Nodes, static n => Assert.True(Catalogue.Contains(n.Operator)));
        return graph;
    }
}
