namespace QatGen.Torch.Improvement;

/// <summary>What a node reads of one batch, in the integer model and in the float model, and the reals that it gives in the latter. It lives as long as it is looked at.</summary>
internal sealed record LayerBatch(QatValue[] Rounded, QatValue[] Real, QatValue.Activation Target);
