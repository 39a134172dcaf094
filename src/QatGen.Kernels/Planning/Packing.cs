using System.Collections.Concurrent;
using QatGen.Kernels.Simd;
using QatGen.Primitives;

namespace QatGen.Kernels.Planning;

/// <summary>A program's constants in the kernels' own form, packed once for all batch sizes. Keys are node numbers, those of tables and elements constants.</summary>
internal sealed class Packing(IntGraph graph, MicroKernels kernels)
{
    private readonly ConcurrentDictionary<int, ConvWeights> _conv = new();
    private readonly ConcurrentDictionary<int, DepthwiseWeights> _depthwise = new();
    private readonly ConcurrentDictionary<int, LookupTable> _tables = new();
    private readonly ConcurrentDictionary<int, ElementSource> _elements = new();
    private readonly ConcurrentDictionary<(int Node, int Part), RescaleNumbers> _rescale = new();

    public IntGraph Graph => graph;

    public MicroKernels Kernels => kernels;

    public T Constant<T>(int id)
        where T : Constant => (T)graph.Constants[id];

    public ConvWeights Conv(int node, int pixelStride) => _conv.GetOrAdd(node, key =>
    {
        var conv = (IntNode.Conv)graph.Nodes[key];
        return new(Constant<WeightConstant>(conv.Weight), Constant<BiasConstant>(conv.Bias), conv.Geometry, pixelStride, kernels.Lanes);
    });

    public DepthwiseWeights Depthwise(int node) => _depthwise.GetOrAdd(node, key =>
    {
        var conv = (IntNode.Conv)graph.Nodes[key];
        return new(Constant<WeightConstant>(conv.Weight), Constant<BiasConstant>(conv.Bias));
    });

    public LookupTable Table(int constant) => _tables.GetOrAdd(constant, key => new(Constant<TableConstant>(key)));

    public ElementSource Elements(int constant) => _elements.GetOrAdd(constant, key => new(Constant<TensorConstant>(key)));

    public RescaleNumbers Rescale(int node, int part, RescaleConstant constant, int channels) => _rescale.GetOrAdd((node, part), _ => new(constant, channels));
}
