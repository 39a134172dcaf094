namespace QatGen;

/// <summary>
/// Constructor arguments of a model where they decide its structure, in parameter order; those left out have their defaults, so without values it asks for the default model. Without the attribute the
/// parameters stay open. Repeat it with names for several variants: <c>[ModelArgs(18, Name = "Small")]</c> gives <c>NetSmallQat</c>, <c>NetSmallFixedPoint</c> and <c>ToSmallQat()</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false, AllowMultiple = true)]
public sealed class ModelArgsAttribute(params object?[] values) : Attribute
{
    public IReadOnlyList<object?> Values { get; } = values;

    /// <summary>What stands between the model's name and Qat or FixedPoint; empty: nothing.</summary>
    public string Name { get; set; } = "";
}
