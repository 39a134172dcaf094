namespace QatGen;

/// <summary>Where a scale comes from.</summary>
public enum FakeQuantKind
{
    /// <summary>An observer of the data (<c>fake_quant</c>).</summary>
    Statistical,

    /// <summary>The scale is learned from the gradient (<c>lsq</c>, arXiv 1902.08153); an observer gives its first value.</summary>
    Lsq,

    /// <summary>The largest magnitude is learned, from 6 on whatever calibration sees (<c>pact</c>, arXiv 1805.06085); of weights it is the scale as for <see cref="Lsq"/>.</summary>
    Pact,
}
