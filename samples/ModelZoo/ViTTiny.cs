using QatGen;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ModelZoo;

/// <summary>The vision transformer ViT-Ti/16 (Dosovitskiy et al., 2021; Touvron et al., 2021): [N, 3, image, image] to [N, classes]. State keys are DeiT's.</summary>
[QatModel(March.Bayes)]
[ModelArgs]
[InputShape(1, 3, 224, 224)]
public sealed partial class ViTTiny : Module<Tensor, Tensor>
{
    private readonly PatchEmbed patch_embed;
    private readonly Parameter cls_token;
    private readonly Parameter pos_embed;
    private readonly ModuleList<EncoderBlock> blocks;
    private readonly LayerNorm norm;
    private readonly Linear head;

    public ViTTiny(int classes = 1000, int image = 224, int patch = 16, int dim = 192, int depth = 12, int heads = 3) : base(nameof(ViTTiny))
    {
        var patches = (image / patch) * (image / patch);
        patch_embed = new PatchEmbed(patch, dim);
        cls_token = Parameter(zeros(1, 1, dim));
        pos_embed = Parameter(zeros(1, patches + 1, dim));
        blocks = ModuleList([.. Enumerable.Range(0, depth).Select(_ => new EncoderBlock(dim, heads))]);
        norm = LayerNorm(dim, eps: 1e-6);
        head = Linear(dim, classes);
        RegisterComponents();

        init.trunc_normal_(cls_token, std: 0.02);
        init.trunc_normal_(pos_embed, std: 0.02);
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        x = patch_embed.call(x);
        var token = cls_token.expand(x.shape[0], -1, -1);
        x = cat([token, x], dim: 1) + pos_embed;
        foreach (var block in blocks)
            x = block.call(x);
        x = norm.call(x)[.., 0];
        return head.call(x).MoveToOuterDisposeScope();
    }
}

/// <summary>[N, 3, H, W] to one vector per patch, [N, patches, dim].</summary>
internal sealed class PatchEmbed : Module<Tensor, Tensor>
{
    private readonly Conv2d proj;

    public PatchEmbed(int patch, int dim) : base(nameof(PatchEmbed))
    {
        proj = Conv2d(3, dim, kernel_size: patch, stride: patch);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => proj.call(x).flatten(2).transpose(1, 2);
}

/// <summary>Attention and a two-layer perceptron, each normalized before and added to its input: [N, tokens, dim] to the same shape.</summary>
internal sealed class EncoderBlock : Module<Tensor, Tensor>
{
    private readonly LayerNorm norm1;
    private readonly SelfAttention attn;
    private readonly LayerNorm norm2;
    private readonly EncoderMlp mlp;

    public EncoderBlock(int dim, int heads, int mlpRatio = 4) : base(nameof(EncoderBlock))
    {
        norm1 = LayerNorm(dim, eps: 1e-6);
        attn = new SelfAttention(dim, heads);
        norm2 = LayerNorm(dim, eps: 1e-6);
        mlp = new EncoderMlp(dim, dim * mlpRatio);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        x = x + attn.call(norm1.call(x));
        x = x + mlp.call(norm2.call(x));
        return x.MoveToOuterDisposeScope();
    }
}

/// <summary>Multi-head self-attention: softmax(Q K^T / sqrt(d)) V, where d is the width of a head.</summary>
internal sealed class SelfAttention : Module<Tensor, Tensor>
{
    private readonly int heads;
    private readonly double scale;
    private readonly Linear qkv;
    private readonly Linear proj;

    public SelfAttention(int dim, int heads) : base(nameof(SelfAttention))
    {
        this.heads = heads;
        scale = 1 / Math.Sqrt(dim / heads);
        qkv = Linear(dim, dim * 3);
        proj = Linear(dim, dim);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        var (batch, tokens, dim) = (x.shape[0], x.shape[1], x.shape[2]);
        var parts = qkv.call(x)
            .reshape(batch, tokens, 3, heads, dim / heads)
            .permute(2, 0, 3, 1, 4);
        var (q, k, v) = (parts[0], parts[1], parts[2]);

        var attention = matmul(q, k.transpose(-2, -1)) * scale;
        attention = attention.softmax(dim: -1);
        x = matmul(attention, v).transpose(1, 2).reshape(batch, tokens, dim);
        return proj.call(x);
    }
}

/// <summary>Two linear layers with GELU between them.</summary>
internal sealed class EncoderMlp : Module<Tensor, Tensor>
{
    private readonly Linear fc1;
    private readonly Linear fc2;

    public EncoderMlp(int dim, int hidden) : base(nameof(EncoderMlp))
    {
        (fc1, fc2) = (Linear(dim, hidden), Linear(hidden, dim));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => fc2.call(functional.gelu(fc1.call(x)));
}
