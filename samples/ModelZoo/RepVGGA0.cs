using QatGen;

namespace ModelZoo;

/// <summary>RepVGG-A0.</summary>
[QatModel(March.Bayes)]
[InputShape(1, 3, 224, 224)]
public sealed partial class RepVGGA0(int classes = 1000) : RepVGG(nameof(RepVGGA0), new RepVGGSettings([2, 4, 14, 1], A: 0.75, B: 2.5), classes);
