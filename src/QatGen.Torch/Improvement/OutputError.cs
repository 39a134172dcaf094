using static TorchSharp.torch;

namespace QatGen.Torch.Improvement;

/// <summary>The difference of one output of a model from the same in float, over all batches.</summary>
internal sealed class OutputError
{
    private double _dot;
    private double _square;
    private double _changed;
    private double _magnitude;
    private double _error;
    private long _count;

    /// <summary>1 - cosine; 0 where nothing differs. All measures are infinite where the changed output was.</summary>
    public double Cosine => _error == 0 ? 0 : !double.IsFinite(_error) ? double.PositiveInfinity : 1 - (_dot / Math.Max(Math.Sqrt(_square * _changed), double.Epsilon));

    public double L1 => _magnitude / _count;

    public double MeanSquare => _error / _count;

    /// <summary>Infinite where nothing differs.</summary>
    public double SQNR => 10 * Math.Log10(_square / _error);

    /// <summary>Takes a batch.</summary>
    public void Add(Tensor real, Tensor changed)
    {
        using var scope = NewDisposeScope();
        var (a, b) = (real.to(ScalarType.Float64), changed.to(ScalarType.Float64));
        var difference = a - b;
        _dot += (a * b).sum().item<double>();
        _square += a.square().sum().item<double>();
        _changed += b.square().sum().item<double>();
        _magnitude += difference.abs().sum().item<double>();
        _error += difference.square().sum().item<double>();
        _count += a.numel();
        if (!double.IsFinite(_error))
        {
            // Such as 1 / x of a small x that is rounded to 0.
            (_magnitude, _error) = (double.PositiveInfinity, double.PositiveInfinity);
        }
    }
}
