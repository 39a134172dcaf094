using QatGen.Graphs;

namespace QatGen.Operators;

/// <summary>An operator call as the toolkit of a march sees it: how it is written, and whether nothing but the model's outputs reads it. Shapes and types are the primitives' matter.</summary>
public sealed record OperatorUse(Node Node, bool IsOutputOnly);
