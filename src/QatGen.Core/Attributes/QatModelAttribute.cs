namespace QatGen;

/// <summary>Asks for a QAT and a fixed-point variant of a partial TorchSharp module class: <c>NetQat</c> and <c>NetFixedPoint</c>.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class QatModelAttribute(March march) : Attribute
{
    public March March { get; } = march;
}
