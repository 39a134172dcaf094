namespace QatGen.Torch.Training;

/// <summary>The optimizer of a recipe.</summary>
public enum OptimizerKind
{
    /// <summary>Stochastic gradient descent with momentum.</summary>
    SGD,

    /// <summary>Adam; weight decay is part of the gradient.</summary>
    Adam,

    /// <summary>Adam with weight decay beside the gradient.</summary>
    AdamW,
}
