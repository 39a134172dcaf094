namespace QatGen;

/// <summary>The BPU architecture a model is quantized for. Speed and memory of each are data in <see cref="Marches.MarchSpec"/>, limits in <see cref="Marches.Limits"/>.</summary>
public enum March
{
    /// <summary>Horizon X3 and XJ3.</summary>
    Bernoulli2,

    /// <summary>Horizon J5.</summary>
    Bayes,

    /// <summary>Horizon RDK X5.</summary>
    BayesE,

    /// <summary>Horizon J6E and RDK S100.</summary>
    NashE,

    /// <summary>Horizon J6M and RDK S100P.</summary>
    NashM,

    /// <summary>Horizon J6P and RDK S600.</summary>
    NashP,
}
