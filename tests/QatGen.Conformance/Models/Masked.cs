using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace QatGen.Conformance.Models;

/// <summary>Masks of scores in each form that users write: filled, added, of bool and of numbers, buffers and an input, and in attention.</summary>
[QatModel(March.NashE)]
[InputShape(1, 6, 12)]
[InputShape(1, 6)]
internal sealed partial class Masked : Module<Tensor, Tensor, Tensor[]>
{
    private const int Tokens = 6, Heads = 3, Width = 4;

    private readonly MultiheadAttention attention = MultiheadAttention(Heads * Width, Heads);
    private readonly Tensor minusInfinity = triu(full([Tokens, Tokens], float.NegativeInfinity), 1);
    private readonly Tensor distance = tril(-arange(Tokens, dtype: ScalarType.Float32).view(-1, 1) * 0.25f) + triu(full([Tokens, Tokens], -100f), 1);
    private readonly Tensor seen = ones([1, 8, 8], dtype: ScalarType.Bool).tril();

    public Masked() : base(nameof(Masked)) => RegisterComponents();

    public override Tensor[] forward(Tensor x, Tensor padding)
    {
        var scores = x.matmul(x.transpose(1, 2)) / 3;
        var known = seen[.., ..Tokens, ..Tokens];
        var shown = (~padding).unsqueeze(1);
        var heads = x.reshape(x.shape[0], Tokens, Heads, Width).transpose(1, 2);
        var words = x.transpose(0, 1);
        var (attended, weights) = attention.call(words, words, words, padding, true, minusInfinity);
        return
        [
            functional.softmax(scores + minusInfinity, -1),
            (distance + scores).softmax(-1),
            functional.softmax(scores.masked_fill(known == 0, float.NegativeInfinity), -1),
            functional.softmax(scores.masked_fill(known.logical_not(), -1e9f).masked_fill(padding.unsqueeze(1), -1e9f), -1),
            functional.scaled_dot_product_attention(heads, heads, heads, minusInfinity),
            functional.scaled_dot_product_attention(heads, heads, heads, known),
            functional.scaled_dot_product_attention(heads, heads, heads, shown.unsqueeze(1)),
            functional.scaled_dot_product_attention(heads, heads, heads, is_casual: true),
            attended.transpose(0, 1),
            weights,
            scores.masked_fill(padding.unsqueeze(1), float.NegativeInfinity).amax([-1]),
        ];
    }
}
