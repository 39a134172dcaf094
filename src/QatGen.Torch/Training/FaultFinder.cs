using static TorchSharp.torch;

namespace QatGen.Torch.Training;

/// <summary>Finds where NaN or infinity comes from, after a loss was none: in the batch, in a parameter, or in the first layer whose output holds one when the batch runs again. Nothing of it costs before.</summary>
internal static class FaultFinder
{
    public static string Forward(nn.Module model, Func<TrainingBatch, Tensor> forward, TrainingBatch batch)
    {
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        return !IsFinite(batch.Input) || batch.Others.Any(static o => !IsFinite(o)) ? "the data of the batch"
            : !IsFinite(batch.Target) ? "the target of the batch"
            : First(model.state_dict()) is { } parameter ? $"'{parameter}'"
            : Layer(model, forward, batch) is { } layer ? $"the output of '{layer}'"
            : "the loss";
    }

    /// <summary>The first parameter with such a gradient.</summary>
    public static string Gradient(nn.Module model)
    {
        using var scope = NewDisposeScope();
        return model.named_parameters().FirstOrDefault(static p => p.parameter.grad is { } grad && !IsFinite(grad)) is { name: { } name } ? $"the gradient of '{name}'" : "the sum of all gradients";
    }

    private static string? First(IReadOnlyDictionary<string, Tensor> state) => state.FirstOrDefault(static p => !IsFinite(p.Value)).Key;

    /// <summary>Hooks tell of each layer's output; the innermost layer that holds one finishes first.</summary>
    private static string? Layer(nn.Module model, Func<TrainingBatch, Tensor> forward, TrainingBatch batch)
    {
        string? first = null;
        var hooks = model.named_modules().Where(static m => m.name.Length > 0).Select(static m => (m.name, Module: m.module as nn.Module<Tensor, Tensor>)).Where(static m => m.Module is not null)
            .Select(m => m.Module!.register_forward_hook((_, _, output) =>
            {
                first ??= IsFinite(output) ? null : m.name;
                return output;
            })).ToArray();
        try
        {
            return IsFinite(forward(batch)) ? null : first ?? "the model";
        }
        finally
        {
            Array.ForEach(hooks, static h => h.remove());
        }
    }

    private static bool IsFinite(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return !tensor.is_floating_point() || tensor.isfinite().all().item<bool>();
    }
}
