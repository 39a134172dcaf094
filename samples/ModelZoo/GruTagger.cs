using QatGen;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ModelZoo;

/// <summary>A GRU over the frames of its input, unrolled: [N, steps, features] to the class logits of every frame [N, steps, classes].</summary>
[QatModel(March.Bayes)]
[ModelArgs]
[InputShape(1, 25, 10)]
public sealed partial class GruTagger : Module<Tensor, Tensor>
{
    private readonly GRUCell cell;
    private readonly Linear fc;
    private readonly int hidden;

    public GruTagger(int features = 10, int hidden = 154, int classes = 12) : base(nameof(GruTagger))
    {
        this.hidden = hidden;
        cell = GRUCell(features, hidden);
        fc = Linear(hidden, classes);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var state = x.new_zeros(x.shape[0], hidden);
        var states = new List<Tensor>();
        foreach (var frame in x.unbind(1))
        {
            state = cell.call(frame, state);
            states.Add(state.unsqueeze(1));
        }

        return fc.call(cat(states, 1)).MoveToOuterDisposeScope();
    }
}
