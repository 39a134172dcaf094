using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace QatGen.Conformance.Models;

/// <summary>Tensors that forward makes: first states of recurrent layers, columns to append, and masks of ones, over whatever batch there is.</summary>
[QatModel(March.NashE)]
[InputShape(1, 5, 6)]
internal sealed partial class FirstStates : Module<Tensor, Tensor[]>
{
    private readonly LSTM lstm = LSTM(6, 4, numLayers: 2, batchFirst: true);
    private readonly GRU gru = GRU(6, 3);
    private readonly LSTMCell cell = LSTMCell(6, 4);
    private readonly GRUCell step = GRUCell(6, 4);

    public FirstStates() : base(nameof(FirstStates)) => RegisterComponents();

    public override Tensor[] forward(Tensor x)
    {
        var batch = x.shape[0];
        var h0 = zeros(2, batch, 4, device: x.device);
        var (sequence, _, _) = lstm.call(x, (h0, zeros_like(h0)));
        var (timeFirst, _) = gru.call(x.transpose(0, 1), x.new_zeros(1, batch, 3));
        var (h, c) = cell.call(x.select(1, 0), (zeros(batch, 4), zeros([batch, 4])));
        return
        [
            sequence,
            timeFirst.transpose(0, 1),
            h + c,
            step.call(x.select(1, 1), zeros(batch, 4, dtype: float32)),
            cat([x, ones(batch, 5, 1), zeros(batch, 5, 2)], 2),
            x * full([5, 1], 0.5) - ones_like(x),
            x + full(6, -0.25),
        ];
    }
}
