using QatGen.Arithmetic;
using static TorchSharp.torch;

namespace QatGen.Torch.Functions;

/// <summary>
/// How v = x / s is rounded to <paramref name="Range"/>, and what gradients pass: that of v where the integer lies inside the limits, or, unless <paramref name="Saturate"/>, also where the type's own limits
/// stop it. A learned scale, or a limit a = s * (qmax - qmin) / 2, has the gradient <paramref name="Factor"/> * sum (dL/dq / s) * c with c = dy/ds or dy/da of the real y = q * s:
/// LSQ q - v inside and q at the type's limits, PACT 0 inside, -1 and 1 there; 0 at an activation's limits.
/// </summary>
internal sealed record Rounding(QuantRange Range, bool Saturate = true, FakeQuantKind Kind = FakeQuantKind.Statistical, Tensor? Learned = null, double Factor = 1)
{
    /// <summary>The smallest integer that passes the gradient.</summary>
    public float LeastPassed(int low) => Saturate || low > Range.Low ? low : float.NegativeInfinity;

    public float MostPassed(int high) => Saturate || high < Range.High ? high : float.PositiveInfinity;

    /// <summary>c below the limit.</summary>
    public double Below(int low) => low > Range.Low ? 0 : Kind == FakeQuantKind.Pact ? -1 : low;

    /// <summary>c above the limit.</summary>
    public double Above(int high) => high < Range.High ? 0 : Kind == FakeQuantKind.Pact ? 1 : high;

    /// <summary>c of one value.</summary>
    public double Slope(double v, int low, int high)
    {
        var rounded = Quantization.Round(v);
        return rounded < low ? Below(low) : rounded > high ? Above(high) : Kind == FakeQuantKind.Lsq ? rounded - v : 0;
    }

    /// <summary>The gradient of the learned tensor, in its shape, from the sums of dL/dq * c and the scales.</summary>
    public Tensor Gradient(double[] sums, double[] scales) => tensor([.. sums.Select((sum, i) => (float)(Factor * sum / scales[i]))]);
}
