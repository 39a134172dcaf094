namespace QatGen;

/// <summary>Lets models of other projects contain this partial TorchSharp module class: its graph becomes a constant of the class, which capture reads where the source is not.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class QatBlockAttribute : Attribute;
