namespace QatGen.Generators.Tests.Capture;

/// <summary>Every written form of an operator, with its arguments.</summary>
public class OperatorFormTests
{
    [Theory]
    [InlineData("F.relu(x)", "ReLU[relu](%0) inplace: false")]
    [InlineData("x.relu()", "ReLU[relu](%0)")]
    [InlineData("F.relu6(x)", "ReLU6[relu6](%0) inplace: false")]
    [InlineData("x.relu6()", "ReLU6[relu6](%0)")]
    [InlineData("x.relu_()", "ReLU[relu](%0)")]
    [InlineData("x + x", "Add[add](%0, %0)")]
    [InlineData("x.sigmoid()", "Sigmoid[sigmoid](%0)")]
    [InlineData("torch.sigmoid_(x)", "Sigmoid[sigmoid](%0)")]
    [InlineData("F.silu(x, inplace: true)", "SiLU[silu](%0) inplace: true")]
    [InlineData("torch.arctan(x)", "Atan[arctan](%0)")]
    [InlineData("x.pow(2)", "Pow[pow](%0) exponent: 2")]
    [InlineData("torch.pow(x, -2)", "Pow[pow](%0) exponent: -2")]
    [InlineData("F.elu(x, 0.5)", "ELU[elu](%0) alpha: 0.5d, inplace: false")]
    [InlineData("x.leaky_relu(0.2)", "LeakyReLU[leaky_relu](%0) negative_slope: 0.2d")]
    [InlineData("F.gelu(x)", "GELU[gelu](%0)")]
    [InlineData("F.softplus(x, beta: 2)", "Softplus[softplus](%0) beta: 2d, threshold: 20d")]
    [InlineData("F.normalize(x, dim: -1)", "Normalize[normalize](%0) dim: -1, eps: 1E-12d, p: 2d")]
    [InlineData("x.hardtanh(-2, 2)", "Clamp[hardtanh](%0) max: 2, min: -2")]
    [InlineData("x.add(x)", "Add[add](%0, %0)")]
    [InlineData("x.add(x, alpha: 1)", "Add[add](%0, %0) alpha: 1")]
    [InlineData("torch.add(x, x)", "Add[add](%0, %0)")]
    [InlineData("x + 0.5", "Add[add](%0) right: 0.5d")]
    [InlineData("2 + x", "Add[add](%0) left: 2")]
    [InlineData("x.add(0.1f)", "Add[add](%0) scalar: 0.10000000149011612d")]
    [InlineData("torch.add(x, x, 0.5)", "Add[add](%0, %0) alpha: 0.5d")]
    [InlineData("x.add_(1)", "Add[add](%0) scalar: 1")]
    [InlineData("1 - x", "Sub[sub](%0) left: 1")]
    [InlineData("x - x.relu()", "ReLU[relu](%0)", "%2 = Sub[sub](%0, %1)")]
    [InlineData("x.sub(3)", "Sub[sub](%0) target: 3")]
    [InlineData("torch.subtract(x, 2L)", "Sub[subtract](%0) right: 2")]
    [InlineData("x * x", "Mul[mul](%0, %0)")]
    [InlineData("x * 0.1f", "Mul[mul](%0) right: 0.10000000149011612d")]
    [InlineData("-2 * x", "Mul[mul](%0) left: -2")]
    [InlineData("x.mul_(x)", "Mul[mul](%0, %0)")]
    [InlineData("torch.multiply(x, 3)", "Mul[multiply](%0) right: 3")]
    [InlineData("x / 3L", "Div[div](%0) right: 3")]
    [InlineData("x.div(-0.5)", "Div[div](%0) rounding_mode: global::TorchSharp.torch.RoundingMode.None, target: -0.5d")]
    [InlineData("-x", "Neg[neg](%0)")]
    [InlineData("torch.negative(x)", "Neg[negative](%0)")]
    [InlineData("x.square()", "Square[square](%0)")]
    [InlineData("x.abs()", "Abs[abs](%0)")]
    [InlineData("torch.absolute(x)", "Abs[absolute](%0)")]
    [InlineData("torch.maximum(x, x.neg())", "Neg[neg](%0)", "%2 = Maximum[maximum](%0, %1)")]
    [InlineData("x.minimum(x.neg())", "Neg[neg](%0)", "%2 = Minimum[minimum](%0, %1)")]
    [InlineData("x.clamp(-0.5, max: 1)", "Clamp[clamp](%0) max: 1, min: -0.5d")]
    [InlineData("torch.clamp_min(x, 0.25)", "Clamp[clamp_min](%0) min: 0.25d")]
    [InlineData("F.hardtanh(x, -2, 0.5)", "Clamp[hardtanh](%0) inplace: false, max_val: 0.5d, min_val: -2d")]
    [InlineData("x * (x > 0).@float()", "Gt[gt](%0) right: 0", "%2 = To[float](%1)")]
    [InlineData("torch.where(x >= -x, x, x.square())", "Neg[neg](%0)", "%2 = Ge[ge](%0, %1)")]
    [InlineData("x.masked_fill(x <= 0.5, 2)", "Le[le](%0) right: 0.5d", "%2 = MaskedFill[masked_fill](%0, %1)")]
    [InlineData("torch.add(right: F.relu(x), left: x)", "ReLU[relu](%0) inplace: false", "%2 = Add[add](%0, %1)")]
    [InlineData("torch.cat(new[] { x, x }, 1)", "Cat[cat](%0, %0) dim: 1")]
    [InlineData("torch.concat(new List<Tensor> { x, x }, dim: 2)", "Cat[concat](%0, %0) dim: 2")]
    [InlineData("torch.cat([x, x, x], 3)", "Cat[cat](%0, %0, %0) dim: 3")]
    [InlineData("x.sum(-1, keepdim: true)", "Sum[sum](%0) dim: -1, keepdim: true")]
    [InlineData("x.sum(1, 2)", "Sum[sum](%0) dim0: 1, dim1: 2, keepdim: false")]
    [InlineData("torch.sum(x, 1)", "Sum[sum](%0) dim: 1, keepdim: false")]
    [InlineData("x.mean([2, 3])", "Mean[mean](%0) dimensions: new long[] { 2, 3 }, keepdim: false")]
    [InlineData("torch.mean(x, new long[] { -1 }, true)", "Mean[mean](%0) dimensions: new long[] { -1 }, keepdim: true")]
    [InlineData("x.amax(new long[] { 1 }, keepdim: true)", "AMax[amax](%0) dims: new long[] { 1 }, keepdim: true")]
    [InlineData("torch.amin(x, new long[] { 1, 3 })", "AMin[amin](%0) dims: new long[] { 1, 3 }, keepdim: false")]
    [InlineData("torch.matmul(x, x)", "MatMul[matmul](%0, %0)")]
    [InlineData("x.matmul(x.relu())", "ReLU[relu](%0)", "%2 = MatMul[matmul](%0, %1)")]
    [InlineData("torch.einsum(\"ncij,ncjk->ncik\", x, x)", "Einsum[einsum](%0, %0) equation: \"ncij,ncjk->ncik\"")]
    [InlineData("torch.max(x, x)", "Max[max](%0, %0)")]
    [InlineData("x.max(1, keepdim: true).values", "Max[max.0](%0) dim: 1, item: 0, keepdim: true")]
    [InlineData("F.max_pool2d(x, 2)", "MaxPool2d[max_pool2d](%0) ceil_mode: false, kernel_size: 2")]
    [InlineData("F.max_pool2d(x, new long[] { 3, 3 }, strides: new long[] { 2, 1 })", "MaxPool2d[max_pool2d](%0) ceil_mode: false, kernel_size: new long[] { 3, 3 }, strides: new long[] { 2, 1 }")]
    [InlineData(
        "F.max_pool2d(x, (3, 2), stride: (2, 2), padding: (1, 1))",
        "MaxPool2d[max_pool2d](%0) ceil_mode: false, kernel_size: new long[] { 3, 2 }, padding: new long[] { 1, 1 }, stride: new long[] { 2, 2 }")]
    [InlineData("F.avg_pool2d(x, 2, count_include_pad: false)", "AvgPool2d[avg_pool2d](%0) ceil_mode: false, count_include_pad: false, kernel_size: 2, padding: 0")]
    [InlineData("F.adaptive_avg_pool2d(x, 1)", "AdaptiveAvgPool2d[adaptive_avg_pool2d](%0) output_size: 1")]
    [InlineData("F.adaptive_avg_pool2d(x, (1, 1))", "AdaptiveAvgPool2d[adaptive_avg_pool2d](%0) output_size: new long[] { 1, 1 }")]
    [InlineData("F.adaptive_avg_pool2d(x, new long[] { 1, 1 })", "AdaptiveAvgPool2d[adaptive_avg_pool2d](%0) output_size: new long[] { 1, 1 }")]
    [InlineData("torch.concatenate([x, x], -1)", "Cat[concatenate](%0, %0) axis: -1")]
    [InlineData("torch.hstack(x, x)", "Cat[hstack](%0, %0)")]
    [InlineData("torch.dstack(new List<Tensor> { x, x })", "Cat[dstack](%0, %0)")]
    [InlineData("torch.stack([x, x], -1)", "Stack[stack](%0, %0) dim: -1")]
    [InlineData("F.pad(x, [1, 2])", "Pad[pad](%0) mode: global::TorchSharp.PaddingModes.Constant, pad: new long[] { 1, 2 }, value: 0d")]
    [InlineData("F.pad(x, (1, 2, 0, 1), PaddingModes.Replicate)", "Pad[pad](%0) mode: global::TorchSharp.PaddingModes.Replicate, pad: new long[] { 1, 2, 0, 1 }, value: 0d")]
    [InlineData("F.pad(x, [1, 2, 1, 2], value: 0.5)", "Pad[pad](%0) mode: global::TorchSharp.PaddingModes.Constant, pad: new long[] { 1, 2, 1, 2 }, value: 0.5d")]
    [InlineData("F.interpolate(x, scale_factor: [2, 1.5])", "Interpolate[interpolate](%0) antialias: false, mode: global::TorchSharp.torch.InterpolationMode.Nearest, recompute_scale_factor: false, scale_factor: new double[] { 2d, 1.5d }")]
    [InlineData("F.upsample_nearest2d(x, [5, 7])", "Interpolate[upsample_nearest2d](%0) outputSizes: new long[] { 5, 7 }")]
    [InlineData("x.narrow(3, 0, 1).expand(x.shape[0], -1, -1, 5)", "Slice[narrow](%0) dim: 3, length: 1, start: 0", "%2 = Expand[expand](%1)")]
    [InlineData("x.select(2, 0).unsqueeze(-1).squeeze(3)", "Select[select](%0) dim: 2, index: 0", "%2 = Unsqueeze[unsqueeze](%1)")]
    [InlineData("x.repeat(1, 2, 1, 1)", "Repeat[repeat](%0) sizes: new long[] { 1, 2, 1, 1 }")]
    [InlineData("torch.tile(x, [3])", "Repeat[tile](%0) dims: new long[] { 3 }")]
    [InlineData("x.roll((1, -2), (2, 3))", "Roll[roll](%0) dims: new long[] { 2, 3 }, shifts: new long[] { 1, -2 }")]
    [InlineData("x.roll(1, -1)", "Roll[roll](%0) dims: -1, shifts: 1")]
    [InlineData("x.unflatten(1, 2, 2)", "Unflatten[unflatten](%0) dim: 1, sizes: new long[] { 2, 2 }")]
    [InlineData("x.contiguous().clone().detach()", "Contiguous[contiguous](%0)", "%2 = Clone[clone](%1)")]
    [InlineData("F.dropout(x, 0.25, training)", "Dropout[dropout](%0) inplace: false, p: 0.25d, training: training")]
    [InlineData("torch.flatten(x, 1)", "Flatten[flatten](%0) end_dim: -1, start_dim: 1")]
    [InlineData("x.flatten(start_dim: 2)", "Flatten[flatten](%0) end_dim: -1, start_dim: 2")]
    [InlineData("x.view(x.shape[0], -1)", "View[view](%0) shape: new long[] { x.shape[0], -1 }")]
    [InlineData("x.reshape(x.size(0), 2 * 2, 64)", "View[reshape](%0) shape: new long[] { x.shape[0], 4, 64 }")]
    [InlineData("torch.reshape(x, x.size()[0], -1)", "View[reshape](%0) shape: new long[] { x.shape[0], -1 }")]
    [InlineData(
        "F.interpolate(x, scale_factor: new[] { 2.0, 1.5 }, mode: InterpolationMode.Bilinear, align_corners: false)",
        "Interpolate[interpolate](%0) align_corners: false, antialias: false, mode: global::TorchSharp.torch.InterpolationMode.Bilinear, recompute_scale_factor: false, scale_factor: new double[] { 2d, 1.5d }")]
    [InlineData("x + torch.zeros(x.shape[0], 4, 8, 8)", "Full[full]() size: new long[] { x.shape[0], 4, 8, 8 }, value: 0d", "%2 = Add[add](%0, %1)")]
    [InlineData("x + torch.ones(new long[] { x.size(0), 1, 8, 1 }, device: x.device)", "Full[full]() size: new long[] { x.shape[0], 1, 8, 1 }, value: 1d", "%2 = Add[add](%0, %1)")]
    [InlineData("torch.full(4, 8, 8, value: 0.5f, dtype: float32) * x", "Full[full]() size: new long[] { 4, 8, 8 }, value: 0.5d", "%2 = Mul[mul](%1, %0)")]
    [InlineData("x + x.new_full([x.shape[0], 1, 1, 7], -3)[.., .., .., 1..2]", "Full[full]() size: new long[] { x.shape[0], 1, 1, 7 }, value: -3", "%2 = Indexer[this](%1)")]
    [InlineData("x - torch.zeros_like(x)", "Full[full]() size: new long[] { x.shape[0], x.shape[1], x.shape[2], x.shape[3] }, value: 0d", "%2 = Sub[sub](%0, %1)")]
    [InlineData("x - x.ones_like()", "Full[full]() size: new long[] { x.shape[0], x.shape[1], x.shape[2], x.shape[3] }, value: 1d", "%2 = Sub[sub](%0, %1)")]
    [InlineData("x + x.new_zeros(x.shape[0], 4, 1, 1, dtype: int64)", "new_zeros[new_zeros](%0) dim0: x.shape[0], dim1: (long)(4), dim2: (long)(1), dim3: (long)(1), dtype: global::TorchSharp.torch.int64", "%2 = Add[add](%0, %1)")]
    [InlineData("F.upsample_bilinear(x, new long[] { 9, 7 })", "Interpolate[upsample_bilinear](%0) align_corners: false, size: new long[] { 9, 7 }")]
    [InlineData(
        "F.upsample(x, new long[] { 9, 7 }, mode: UpsampleMode.Bilinear)",
        "Interpolate[upsample](%0) align_corners: false, mode: global::TorchSharp.torch.UpsampleMode.Bilinear, size: new long[] { 9, 7 }")]
    public void Function_Form_IsCaptured(string expression, string node, string? next = null)
    {
        var graph = Differential.Members($$"""
            public Model() : base("m") { RegisterComponents(); }
            public override Tensor forward(Tensor x) => {{expression}};
            """);
        Assert.Equal(node, $"{graph.ToString().Split('\n')[0].Substring("%1 = ".Length)} {graph.Nodes[0].Attributes}".TrimEnd());
        Assert.Equal(next ?? "return %1", graph.ToString().Split('\n')[1]);
    }

    [Theory]
    [InlineData(
        "Conv2d(4, 8, kernel_size: (3, 1), stride: (2, 1), padding: (1, 0))",
        "bias: true, groups: 1, in_channels: 4, kernel_size: new long[] { 3, 1 }, out_channels: 8, padding: new long[] { 1, 0 }, padding_mode: " +
        "global::TorchSharp.PaddingModes.Zeros, stride: new long[] { 2, 1 }")]
    [InlineData(
        "Conv2d(4, 8, 3, padding: Padding.Same, bias: false)",
        "bias: false, dilation: 1, groups: 1, in_channels: 4, kernel_size: 3, out_channels: 8, padding: global::TorchSharp.Padding.Same, padding_mode: " +
        "global::TorchSharp.PaddingModes.Zeros, stride: 1")]
    [InlineData(
        "Conv2d(4, 4, 3, groups: 4, dilation: 2, device: torch.CPU)",
        "bias: true, dilation: 2, groups: 4, in_channels: 4, kernel_size: 3, out_channels: 4, padding: 0, padding_mode: global::TorchSharp.PaddingModes.Zeros, stride: 1")]
    [InlineData("Linear(8, 3, hasBias: false)", "hasBias: false, inputSize: 8, outputSize: 3")]
    [InlineData("BatchNorm2d(4, eps: 1e-3)", "affine: true, eps: 0.001d, momentum: 0.1d, num_features: 4, track_running_stats: true")]
    [InlineData("MaxPool2d(3, stride: 2, padding: 1)", "ceil_mode: false, kernel_size: 3, padding: 1, stride: 2")]
    [InlineData("AvgPool2d(2, ceil_mode: true, divisor_override: 3)", "ceil_mode: true, count_include_pad: true, divisor_override: 3, kernel_size: 2")]
    [InlineData("AdaptiveAvgPool2d((1, 1))", "output_size: new long[] { 1, 1 }")]
    [InlineData("Dropout(0.5)", "inplace: false, p: 0.5d")]
    [InlineData(
        "Upsample(scale_factor: new double[] { 2, 2 }, mode: UpsampleMode.Bilinear, align_corners: true)",
        "align_corners: true, mode: global::TorchSharp.torch.UpsampleMode.Bilinear, scale_factor: new double[] { 2d, 2d }")]
    [InlineData("Identity()", "")]
    [InlineData("Flatten()", "end_dim: -1, start_dim: 1")]
    [InlineData("ReLU6(inplace: true)", "inplace: true")]
    [InlineData("GELU(TorchSharp.Modules.GELU.Approximate.tanh)", "approximate: global::TorchSharp.Modules.GELU.Approximate.tanh, inplace: false")]
    [InlineData("LeakyReLU(0.3)", "inplace: false, negative_slope: 0.3d")]
    [InlineData("Hardtanh(-2, 3)", "inplace: false, max_val: 3d, min_val: -2d")]
    [InlineData("Tanh()", "")]
    [InlineData("LogSigmoid()", "")]
    public void Module_Arguments_AreAttributes(string creation, string attributes)
    {
        var graph = Differential.Members($$"""
            private readonly Module<Tensor, Tensor> m = {{creation}};
            public Model() : base("m") { RegisterComponents(); }
            public override Tensor forward(Tensor x) => m.call(x);
            """);
        Assert.Equal(attributes, graph.Nodes[0].Attributes.ToString());
    }
}
