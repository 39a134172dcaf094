using QatGen.Torch.Modules;

namespace QatGen.Torch.Improvement;

/// <summary>A node of the program that is about to run in integers, with what it reads of each batch in both models, and the reals that it gives in float.</summary>
internal sealed record LayerVisit(QatNode Node, QatValue[][] Rounded, QatValue[][] Real, QatValue.Activation[] Targets);
