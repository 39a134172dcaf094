using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace QatGen.Conformance.Models;

/// <summary>Every operator that is made of others, each in the form users write: of a map, or of a sequence.</summary>
[QatModel(March.NashE)]
[InputShape(1, 6, 4, 5)]
[InputShape(1, 4, 8)]
internal sealed partial class Composites : Module<Tensor, Tensor, Tensor[]>
{
    private readonly Softmax softmax = Softmax(1);
    private readonly LogSoftmax logSoftmax = LogSoftmax(1);
    private readonly GLU glu = GLU(1);
    private readonly PReLU prelu = PReLU(6, 0.2);
    private readonly GroupNorm groupNorm = GroupNorm(3, 6);
    private readonly InstanceNorm2d instanceNorm = InstanceNorm2d(6, affine: true);
    private readonly LayerNorm layerNorm = LayerNorm(8);
    private readonly LSTM lstm = LSTM(8, 5, numLayers: 2, batchFirst: true, bidirectional: true);
    private readonly GRU gru = GRU(8, 5, batchFirst: true);
    private readonly RNN rnn = RNN(8, 5, batchFirst: true);
    private readonly LSTMCell lstmCell = LSTMCell(8, 5);
    private readonly GRUCell gruCell = GRUCell(8, 5);
    private readonly RNNCell rnnCell = RNNCell(8, 5);

    public Composites() : base(nameof(Composites)) => RegisterComponents();

    public override Tensor[] forward(Tensor map, Tensor words)
    {
        var (steps, _, _) = lstm.call(words);
        var (gated, _) = gru.call(words);
        var (elman, _) = rnn.call(words);
        var first = words.select(1, 0);
        var (h, c) = lstmCell.call(first, (words.select(1, 2).narrow(1, 0, 5), words.select(1, 3).narrow(1, 0, 5)));
        return
        [
            softmax.call(map),
            functional.softmax(words, -1),
            functional.softmin(words, 2),
            logSoftmax.call(map),
            glu.call(map),
            prelu.call(map),
            groupNorm.call(map),
            instanceNorm.call(map),
            layerNorm.call(words),
            map / (map.square() + 1),
            steps,
            gated,
            elman,
            h,
            c,
            gruCell.call(first, h),
            rnnCell.call(first, h),
        ];
    }
}
