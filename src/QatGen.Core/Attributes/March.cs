namespace QatGen;

/// <summary>The BPU architecture a model is quantized for. Limits, scale form and speed of each are data in <see cref="Marches.MarchSpec"/>.</summary>
public enum March
{
    /// <summary>Horizon X3 and XJ3.</summary>
    Bernoulli2,

    /// <summary>Horizon J5.</summary>
    Bayes,

    /// <summary>Horizon RDK X5.</summary>
    BayesE,
}
