using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>
/// The weights of a transposed convolution as those of the convolution that the program runs. The module's are [O, I / groups, K...], scaled per output channel; the program's are
/// [O * phases, I / groups * T1, T2, T3], where output channel o of group g has row (g, phase, o) for each phase: the taps whose distance from the output is that phase, last one first, and 0 where
/// a phase has fewer taps than others.
/// </summary>
public sealed record WeightLayout(Seq<PhasedAxis> Axes, int Groups)
{
    public int Phases => Axes.Aggregate(1, static (n, a) => n * a.Phases);

    /// <summary>The shape of the program's weights.</summary>
    public Seq<int> Shape(int outputs, int inputs)
    {
        static int Times(int a, int b) => a < 0 ? Fact.UnknownDimension : a * b;
        var taps = Enumerable.Repeat(1, 3 - Axes.Count).Concat(Axes.Select(static a => a.Taps)).ToArray();
        return new(Times(outputs, Phases), Times(inputs, taps[0]), taps[1], taps[2]);
    }

    /// <summary>For each row of the program's weights its output channel.</summary>
    public int[] Channels(int outputs)
    {
        var perGroup = outputs / Groups;
        return [.. Enumerable.Range(0, outputs * Phases).Select(row => (row / (Phases * perGroup) * perGroup) + (row % perGroup))];
    }

    /// <summary>For each of the program's weights the number of the module's weight, or -1 for 0.</summary>
    public int[] Elements(int outputs, int inputs)
    {
        var perGroup = outputs / Groups;
        var tables = Enumerable.Range(0, Phases).Select(Taps).ToArray();
        var size = Axes.Aggregate(1, static (n, a) => n * a.Kernel);
        return [.. Channels(outputs).SelectMany((o, row) => Enumerable.Range(0, inputs).SelectMany(i => tables[row / perGroup % Phases].Select(tap => tap < 0 ? -1 : (((o * inputs) + i) * size) + tap)))];
    }

    /// <summary>The number within a kernel of each tap of a phase.</summary>
    private int[] Taps(int phase)
    {
        var (kernel, rest) = (new[] { 0 }, Phases);
        foreach (var axis in Axes)
        {
            rest /= axis.Phases;
            var taps = axis.Of(phase / rest % axis.Phases);
            kernel = [.. kernel.SelectMany(outer => taps.Select(tap => outer < 0 || tap < 0 ? -1 : (outer * axis.Kernel) + tap))];
        }

        return kernel;
    }
}
