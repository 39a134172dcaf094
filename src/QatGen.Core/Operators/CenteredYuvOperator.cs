using QatGen.Arithmetic;
using QatGen.Graphs;

namespace QatGen.Operators;

/// <summary>RGB or BGR of centered YUV, normalized with mean and standard deviation, at a scale that the call says.</summary>
internal abstract class CenteredYuvOperator(string name) : ColourOperator(name)
{
    private const double UsualScale = 1 / 128.0;

    public override Seq<string> Structural => new("swing", "mean", "std", "qScale");

    protected abstract ColourTransform OfYuv(Swing swing);

    protected override ColourTransform Transform(Node node) => OfYuv(SwingOf(node)).OfCentered().Normalized(Numbers(node, "mean"), Numbers(node, "std"));

    protected override double FixedScale(Node node) => node.Real("qScale", UsualScale);

    public override IEnumerable<Violation> Check(Node node)
    {
        static bool Fits(Seq<double> numbers) => numbers.Count is 1 or 3 && !numbers.Any(static n => double.IsNaN(n) || double.IsInfinity(n));
        if (!Fits(Numbers(node, "mean")) || !Fits(Numbers(node, "std")) || Numbers(node, "std").Any(static s => s <= 0))
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "mean and std", node.Attributes.ToString(), "one finite number or three, and a positive std");
        }

        if (!(FixedScale(node) >= Quantization.SmallestScale) || double.IsInfinity(FixedScale(node)))
        {
            yield return Violation.Of(CaptureRules.Argument, node.Path, Name, "qScale", node.Attributes.ToString(), "a positive scale, such as 1 / 128");
        }
    }

    /// <summary>One number for all channels, or three.</summary>
    private static Seq<double> Numbers(Node node, string name) => node.Attributes[name] switch
    {
        null => new(ColourTransform.Centre),
        Value.Items items => items.Elements.Select(static e => e switch { Value.Real r => r.Number, Value.Integer i => i.Number, _ => double.NaN }).ToSeq(),
        _ => Seq<double>.Empty,
    };

    public override IEnumerable<Example> Examples()
    {
        static Value Of(params double[] numbers) => new Value.Items(numbers.Select(static n => (Value)n).ToSeq());
        yield return Example.Of("near grey", Call(("std", Of(1)), ("qScale", 1 / 32.0)), [2, 3, 6, 5]);
        yield return Example.Of("channels", Call(Full, ("mean", Of(127, 128, 129)), ("std", Of(1, 2, 0.5))), [1, 3, 4, 7]);
        yield return Example.Of("saturated", Call(), [1, 3, 3, 2]);
    }
}

/// <summary>RGB of centered YUV.</summary>
internal sealed class CenteredYuv2Rgb() : CenteredYuvOperator("CenteredYuv2Rgb")
{
    protected override ColourTransform OfYuv(Swing swing) => ColourTransform.YuvToRgb(swing);
}

/// <summary>BGR of centered YUV.</summary>
internal sealed class CenteredYuv2Bgr() : CenteredYuvOperator("CenteredYuv2Bgr")
{
    protected override ColourTransform OfYuv(Swing swing) => ColourTransform.YuvToRgb(swing).ToReversed();
}
