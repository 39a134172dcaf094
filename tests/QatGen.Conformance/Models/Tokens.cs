using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace QatGen.Conformance.Models;

/// <summary>Positions in and out: tokens pick rows of a table, a buffer picks some of them, limits are parameters, and the best classes are an output.</summary>
[QatModel(March.NashE)]
[InputShape(1, 9)]
internal sealed partial class Tokens : Module<Tensor, (Tensor Best, Tensor Scores, Tensor Whole)>
{
    private readonly Embedding table = Embedding(50, 16);
    private readonly Linear fc = Linear(16, 7);
    private readonly Parameter low = Parameter(full([16], -0.5f));
    private readonly Tensor kept;

    public Tokens() : base(nameof(Tokens))
    {
        kept = tensor(new long[] { 8, 0, 3, 3 });
        register_buffer("kept", kept);
        RegisterComponents();
    }

    public override (Tensor Best, Tensor Scores, Tensor Whole) forward(Tensor ids)
    {
        var rows = table.call(ids).index_select(1, kept);
        var limited = clamp(rows, min: low);
        var (scores, best) = fc.call(limited).topk(3, dim: -1);
        return (best, scores, (limited * 3).round());
    }
}
