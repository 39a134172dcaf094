namespace QatGen;

/// <summary>The NCHW shape of an input of <c>forward</c>, in parameter order; repeat it for several inputs. With it, shapes, limits and cost are known while typing.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false, AllowMultiple = true)]
public sealed class InputShapeAttribute(params int[] dimensions) : Attribute
{
    public IReadOnlyList<int> Dimensions { get; } = dimensions;
}
