using QatGen.Arithmetic;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace QatGen.Torch.Improvement;

/// <summary>
/// The choice, for weights [O, ...] at fixed scales, of the integer below or above each: floor(w / s) + h(V) with the rectified sigmoid h(V) = clamp(sigmoid(V) * 1.2 - 0.1, 0, 1), clamped to the weights' range
/// (Nagel et al. 2020, eq. 22 to 24). A weight that its own limit already decides, or that lies on an integer, has no choice.
/// </summary>
internal sealed class WeightRounding : IDisposable
{
    private const double Zeta = 1.1;
    private const double Gamma = -0.1;

    private readonly Tensor _floor;
    private readonly Tensor _scales;
    private readonly Tensor _nearest;
    private readonly QuantRange _range;

    public WeightRounding(Tensor weight, float[] scales, QuantRange range)
    {
        _range = range;
        _scales = tensor(scales.Select(static s => (double)s).ToArray()).reshape([-1, .. weight.shape.Skip(1).Select(static _ => 1L)]);
        var steps = weight.to(ScalarType.Float64) / _scales;
        var floor = steps.floor();
        _nearest = (steps + Kept.Of(0.5)).floor().clamp(Kept.Of(range.Low), Kept.Of(range.High));
        _floor = floor.to(ScalarType.Float32);
        var h = (steps - floor).clamp(Kept.Of(1e-4), Kept.Of(1 - 1e-4));
        Variable = new((-((Kept.Of(Zeta - Gamma) / (h - Kept.Of(Gamma))) - Kept.Of(1)).log()).to(ScalarType.Float32));
    }

    /// <summary>V, the variable that is optimized.</summary>
    public Parameter Variable { get; }

    /// <summary>The weights with every one rounded to nearest.</summary>
    public Tensor Nearest => Reals(_nearest);

    /// <summary>The weights between their two integers, with gradients to V.</summary>
    public Tensor Soft => (_floor + Up).clamp(Kept.Of(_range.Low), Kept.Of(_range.High)) * _scales.to(ScalarType.Float32);

    /// <summary>The integers that are chosen.</summary>
    public Tensor Integers => (_floor + Up.detach().ge(Kept.Of(0.5))).to(ScalarType.Float64).clamp(Kept.Of(_range.Low), Kept.Of(_range.High));

    /// <summary>The weights that integers stand for, float32.</summary>
    public Tensor Reals(Tensor integers) => (integers * _scales).to(ScalarType.Float32);

    /// <summary>The mean of 1 - |2h - 1|^beta: 0 where every weight has decided.</summary>
    public Tensor Undecided(double beta) => Kept.Of(1) - ((Up * Kept.Of(2)) - Kept.Of(1)).abs().pow(Kept.Of(beta)).mean();

    public void Dispose() => Variable.Dispose();

    private Tensor Up => ((Variable.sigmoid() * Kept.Of(Zeta - Gamma)) + Kept.Of(Gamma)).clamp(Kept.Of(0), Kept.Of(1));
}
