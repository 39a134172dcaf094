using QatGen.Primitives;

namespace QatGen.Marches.Limits;

/// <summary>A convolution as the limits see it.</summary>
public sealed record ConvUse(Fact X, Fact Weight, ConvGeometry Geometry)
{
    public int KernelH => Weight.Shape[2];

    public int KernelW => Weight.Shape[3];

    /// <summary>C * H * W of one kernel; -1 while the channels are not known.</summary>
    public int KernelSize => Weight.Shape[1] < 0 ? -1 : Weight.Shape[1] * KernelH * KernelW;

    public int InputChannels => X.IsKnown && X.Rank > 1 ? X.Shape[1] : -1;

    public int Height => X.IsKnown ? MapShape.Of(X.Shape).Height : Fact.UnknownDimension;

    public int Width => X.IsKnown ? MapShape.Of(X.Shape).Width : Fact.UnknownDimension;

    public bool IsVector => X.IsKnown && X.Shape.Skip(2).All(static d => d == 1);

    public bool IsDilated => Geometry.DilationH > 1 || Geometry.DilationW > 1;
}
