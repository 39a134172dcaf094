namespace QatGen.Graphs;

/// <summary>A condition on the parameters of a block's constructor that decides its structure, and whether it holds in this variant.</summary>
public sealed record BlockCondition(Formula Formula, bool Holds);
