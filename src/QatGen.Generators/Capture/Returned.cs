using QatGen.Graphs;

namespace QatGen.Generators.Capture;

/// <summary>What forward returns: the value numbers of its tensors, and how they are put together.</summary>
internal sealed record Returned(Seq<int> Values, TensorForm Form);
