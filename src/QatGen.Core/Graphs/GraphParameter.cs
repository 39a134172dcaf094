namespace QatGen.Graphs;

/// <summary>A parameter of <c>forward</c> and the inputs that it holds; <paramref name="Type"/> is C# as <see cref="Graph.ReturnType"/> is.</summary>
public sealed record GraphParameter(string Name, string Type, TensorForm Form);
