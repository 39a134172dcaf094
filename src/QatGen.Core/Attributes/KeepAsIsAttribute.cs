namespace QatGen;

/// <summary>Keeps a module class, the module in a field, or a method on tensors as one float call that is not looked into.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method | AttributeTargets.Field, Inherited = false)]
public sealed class KeepAsIsAttribute : Attribute;
