using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace QatGen.Conformance.Models;

/// <summary>What is written without a thought of quantization: a head that only training in float calls, masks as numbers, numbers among tensors, statistics by hand, and equations of any letters.</summary>
[QatModel(March.NashE)]
[InputShape(1, 4, 6, 7)]
[InputShape(1, 5, 4)]
internal sealed partial class Idioms : Module<Tensor, Tensor, Tensor[]>
{
    private readonly Conv2d conv = Conv2d(4, 8, kernel_size: 3, padding: 1);
    private readonly Dropout2d drop = Dropout2d(0.3);
    private readonly AlphaDropout alpha = AlphaDropout(0.3);
    private readonly Threshold threshold = Threshold(0.25, -1.5);
    private readonly RReLU random = RReLU();
    private readonly Linear auxiliary = Linear(8, 3);
    private readonly Parameter mix = Parameter(randn(4, 3));

    public Idioms() : base(nameof(Idioms)) => RegisterComponents();

    public override Tensor[] forward(Tensor map, Tensor queries)
    {
        var features = alpha.call(drop.call(conv.call(map)));
        var positive = map > 0.25;
        var centred = map - map.mean([1], keepdim: true);
        return
        [
            features,
            (positive.to(float32) * map).sum(1) / positive.@float().sum(1).clamp(min: 0.5),
            positive.type_as(map),
            where(positive, map, 0),
            where(positive, 0.5f, map.to(ScalarType.Float32)),
            maximum(map, -0.5f),
            fmin(map, map.roll(1, 2)),
            centred / (map.var(1, unbiased: false, keepdim: true) + 1e-3).sqrt(),
            map.std([2, 3]),
            map.norm(1),
            positive.any(1),
            positive.all(-1, keepdim: true),
            threshold.call(map),
            random.call(map),
            einsum("bqc,bchw->bqhw", queries, map),
            einsum("bchw,cd->bdhw", map, mix),
            functional.softmax(map, 1, float32),
        ];
    }

    /// <summary>What training in float adds.</summary>
    public Tensor Auxiliary(Tensor map) => auxiliary.call(conv.call(map).mean([2, 3]));
}
