using QatGen.Primitives;

namespace QatGen.Kernels.Planning;

/// <summary>
/// Weights in the order in which the micro-kernel reads them, [group][vector][tap][pair][lane][2] int16, and the bias per group padded to whole vectors.
/// Where a row of the kernel is one run of memory (no column dilation, no padding channels), it is one tap.
/// </summary>
internal sealed unsafe class ConvWeights
{
    private readonly Pinned<short> _weights;
    private readonly Pinned<int> _bias;
    private readonly int _groupSize;
    private readonly int _lanes;

    public ConvWeights(WeightConstant w, BiasConstant bias, ConvGeometry g, int pixelStride, int lanes)
    {
        _lanes = lanes;
        var (kernelH, kernelW) = (w.Shape[2], w.Shape[3]);
        var joinsRow = g.DilationW == 1 && g.Groups == 1 && w.Shape[1] == pixelStride;
        (GroupInputs, GroupOutputs) = (w.Shape[1], w.OutputChannels / g.Groups);
        (TapRows, TapColumns) = (kernelH, joinsRow ? 1 : kernelW);
        var run = joinsRow ? kernelW * GroupInputs : GroupInputs;
        Pairs = (run + 1) / 2;
        Vectors = (GroupOutputs + lanes - 1) / lanes;
        var vectorSize = TapRows * TapColumns * Pairs * lanes * 2;
        _groupSize = Vectors * vectorSize;
        _weights = new((long)g.Groups * _groupSize);
        _bias = new((long)g.Groups * Vectors * lanes);
        for (var o = 0; o < w.OutputChannels; o++)
        {
            var (group, channel) = (o / GroupOutputs, o % GroupOutputs);
            BiasForGroup(group)[channel] = bias.Values[o];
            var vector = ForGroup(group) + (channel / lanes * vectorSize) + (channel % lanes * 2);
            for (var tap = 0; tap < TapRows * TapColumns; tap++)
            {
                for (var i = 0; i < run; i++)
                {
                    var (kh, kw, c) = (tap / TapColumns, joinsRow ? i / GroupInputs : tap % TapColumns, i % GroupInputs);
                    vector[(((tap * Pairs) + (i / 2)) * lanes * 2) + (i % 2)] = w.Values[(((((o * GroupInputs) + c) * kernelH) + kh) * kernelW) + kw];
                }
            }
        }
    }

    public int GroupInputs { get; }

    public int GroupOutputs { get; }

    public int TapRows { get; }

    public int TapColumns { get; }

    public int Pairs { get; }

    public int Vectors { get; }

    public short* ForGroup(int group) => _weights.Pointer + ((long)group * _groupSize);

    public int* BiasForGroup(int group) => _bias.Pointer + ((long)group * Vectors * _lanes);
}
