using QatGen.Graphs;

namespace QatGen.Operators;

/// <summary>An operator call as the toolkit of a march sees it: how it is written, whether nothing but the model's outputs reads it, and the types that the source says for its inputs. Shapes, and types that a configuration decides, are the primitives' matter.</summary>
public sealed record OperatorUse(Node Node, bool IsOutputOnly, Seq<DType> Types);
