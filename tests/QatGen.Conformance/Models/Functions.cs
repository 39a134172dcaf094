using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace QatGen.Conformance.Models;

/// <summary>Layers written as functions of parameters and of a buffer, with what joins them: a batch norm, a sum and an activation; and tensors that take the sizes of others.</summary>
[QatModel(March.NashE)]
[InputShape(1, 4, 8, 9)]
internal sealed partial class Functions : Module<Tensor, Tensor[]>
{
    private readonly Parameter kernel = Parameter(randn(6, 4, 3, 3) * 0.2);
    private readonly Parameter shift = Parameter(randn(6));
    private readonly BatchNorm2d bn = BatchNorm2d(6);
    private readonly Parameter depthwise = Parameter(randn(6, 1, 3, 3) * 0.3);
    private readonly Parameter up = Parameter(randn(6, 5, 2, 2) * 0.3);
    private readonly Parameter row = Parameter(randn(3, 6, 3) * 0.3);
    private readonly Parameter rise = Parameter(randn(6, 2, 4) * 0.3);
    private readonly Parameter volume = Parameter(randn([3, 1, 2, 3, 3]) * 0.3);
    private readonly Parameter weight = Parameter(randn(7, 6) * 0.4);
    private readonly Parameter bias = Parameter(randn(7));
    private readonly Parameter gamma = Parameter(rand(9) + 0.5);
    private readonly Parameter beta = Parameter(randn(9));
    private readonly Tensor blur;

    public Functions() : base(nameof(Functions))
    {
        blur = ones(4, 1, 3, 3) / 9;
        register_buffer("blur", blur);
        RegisterComponents();
    }

    public override Tensor[] forward(Tensor x)
    {
        var smooth = F.conv2d(x, blur, padding: [1, 1], groups: 4);
        var map = F.relu(bn.call(F.conv2d(smooth, kernel, shift, padding: [1, 1])));
        var sum = F.relu(F.conv2d(map, depthwise, null, strides: [1, 1], padding: [1, 1], groups: 6) + map);
        var pooled = sum.mean([2, 3]);
        var line = sum.select(2, 0);
        return
        [
            F.conv_transpose2d(sum, up, strides: [2, 2]),
            F.conv1d(line, row, padding: 1),
            F.conv_transpose1d(line, rise, stride: 2, padding: 1),
            F.conv3d(x.unsqueeze(1), volume, padding: [0, 1, 1]),
            F.linear(pooled, weight, bias),
            F.layer_norm(x, [9], gamma, beta),
            F.normalize(x),
            F.normalize(pooled, dim: -1),
            sum * pooled.unsqueeze(-1).unsqueeze(-1).expand_as(sum),
            pooled.unsqueeze(2).view_as(pooled.unsqueeze(1)),
        ];
    }
}
