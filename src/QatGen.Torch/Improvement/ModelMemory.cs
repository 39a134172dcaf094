using QatGen.Torch.Modules;
using static TorchSharp.torch;

namespace QatGen.Torch.Improvement;

/// <summary>The parameters and frozen ranges of a model's weighted nodes as they are now, in the dispose scope of its maker, to go back to.</summary>
internal sealed class ModelMemory(QatModel model)
{
    private readonly (Tensor Now, Tensor Before)[] _tensors = [.. model.Module.state_dict().Values.Select(static t => (t, t.detach().clone()))];
    private readonly (QatNode Node, float[] Ranges)[] _ranges = [.. model.Nodes.Where(static n => n.WeightQuantizer is not null).Select(static n => (n, n.WeightQuantizer!.Ranges()))];

    public void Restore()
    {
        using var grad = no_grad();
        Array.ForEach(_tensors, static t => t.Now.copy_(t.Before));
        foreach (var (node, ranges) in _ranges.Where(static r => r.Node.WeightQuantizer!.IsFrozen))
        {
            node.WeightQuantizer!.Freeze(ranges);
        }
    }
}
