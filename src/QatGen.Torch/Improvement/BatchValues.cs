using static TorchSharp.torch;

namespace QatGen.Torch.Improvement;

/// <summary>What the nodes give for one batch, in the float model and in the integer one, by the numbers of the values, as long as a later node reads it.</summary>
internal sealed class BatchValues : IDisposable
{
    private readonly Dictionary<int, QatValue.Activation> _real = [];
    private readonly Dictionary<int, QatValue.Activation> _rounded = [];

    /// <summary>The bytes of all values.</summary>
    public long Bytes => _real.Values.Concat(_rounded.Values).Sum(static v => v.Data.numel() * v.Data.element_size());

    public QatValue[] Real(int[] numbers) => [.. numbers.Select(n => _real[n])];

    public QatValue[] Rounded(int[] numbers) => [.. numbers.Select(n => _rounded[n])];

    public void Keep(int number, Func<QatValue> real, Func<QatValue> rounded)
    {
        _real.Add(number, Owned(real));
        _rounded.Add(number, Owned(rounded));
    }

    public void Release(int number)
    {
        foreach (var values in new[] { _real, _rounded })
        {
            if (values.Remove(number, out var value))
            {
                value.Data.Dispose();
            }
        }
    }

    public void Dispose()
    {
        foreach (var number in _real.Keys.ToArray())
        {
            Release(number);
        }
    }

    /// <summary>A handle of its own, which the present dispose scope has: a node may give what it was given.</summary>
    private static QatValue.Activation Owned(Func<QatValue> compute)
    {
        using var scope = NewDisposeScope();
        var value = (QatValue.Activation)compute();
        return value with { Data = value.Data.detach().MoveToOuterDisposeScope() };
    }
}
