using QatGen;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ModelZoo;

/// <summary>An LSTM over a fixed number of frames, unrolled: [N, steps, features] to the class logits of every frame [N, steps, classes].</summary>
[QatModel(March.Bayes)]
[ModelArgs]
[InputShape(1, 49, 10)]
public sealed partial class LstmTagger : Module<Tensor, Tensor>
{
    private readonly LSTMCell cell;
    private readonly Linear fc;
    private readonly int steps, hidden;

    public LstmTagger(int steps = 49, int features = 10, int hidden = 118, int classes = 12) : base(nameof(LstmTagger))
    {
        (this.steps, this.hidden) = (steps, hidden);
        cell = LSTMCell(features, hidden);
        fc = Linear(hidden, classes);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var h = zeros(x.shape[0], hidden, device: x.device);
        var c = zeros(x.shape[0], hidden, device: x.device);
        var tags = new Tensor[steps];
        for (var step = 0; step < steps; step++)
        {
            (h, c) = cell.call(x.select(1, step), (h, c));
            tags[step] = fc.call(h);
        }

        return stack(tags, 1).MoveToOuterDisposeScope();
    }
}
