using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Accuracy;

/// <summary>RepVGG as it is trained, each block with three branches; <see cref="RepVggSmall.Of"/> merges them. [N, 3, 32, 32] to [N, classes].</summary>
public sealed class RepVggBranches : Module<Tensor, Tensor>
{
    private readonly ModuleList<RepVggBlock> blocks;
    private readonly Linear linear;

    public RepVggBranches(int classes = 9) : base(nameof(RepVggBranches))
    {
        blocks = ModuleList(Shapes.Select(static s => new RepVggBlock(s.Input, s.Output, s.Stride)).ToArray());
        linear = Linear(Shapes[^1].Output, classes);
        RegisterComponents();
    }

    /// <summary>The blocks of both forms.</summary>
    public static IReadOnlyList<(int Input, int Output, int Stride)> Shapes { get; } = [(3, 16, 2), (16, 32, 1), (32, 32, 1), (32, 48, 2), (48, 48, 1), (48, 48, 1), (48, 96, 2), (96, 96, 1)];

    public IEnumerable<RepVggBlock> Blocks => blocks;

    public Linear Classifier => linear;

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        foreach (var block in blocks)
        {
            x = block.call(x);
        }

        return linear.call(functional.adaptive_avg_pool2d(x, (1, 1)).flatten(1)).MoveToOuterDisposeScope();
    }
}
