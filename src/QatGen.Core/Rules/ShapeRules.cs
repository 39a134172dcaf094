namespace QatGen;

/// <summary>QG2xxx: shapes and types.</summary>
public static class ShapeRules
{
    public static Rule InputShape { get; } = new("QG2001", RuleSeverity.Error, "Wrong input shape", "The input is {0}, the model takes {1}", "Give data of that shape; only the first dimension is free");
    public static Rule InputType { get; } = new("QG2002", RuleSeverity.Error, "Wrong input type", "The input is {0} or holds values outside its type, the model takes {1}", "Quantize the input with the model's own signature");
    public static Rule Channels { get; } = new("QG2003", RuleSeverity.Error, "Channel count differs", "The input has {0} channels, the weights expect {1}", "Make in_channels equal to the channels of the layer before");
    public static Rule EmptyOutput { get; } = new("QG2004", RuleSeverity.Error, "Output is empty", "The window does not fit into the input {0}", "Use a smaller kernel, more padding or a larger input");
    public static Rule TermShapes { get; } = new("QG2005", RuleSeverity.Error, "Operand shapes differ", "The operands {0} and {1} do not broadcast", "Bring them to shapes that agree, or are 1, in every dimension");
    public static Rule Lanes { get; } = new("QG2006", RuleSeverity.Error, "Constant does not fit", "A constant of {0} lanes does not fit {1}", "Convert the model again for this input shape");
    public static Rule ConcatShapes { get; } = new("QG2007", RuleSeverity.Error, "Concatenation does not fit", "The parts {0} cannot be joined along axis {1}", "Parts must agree in every other dimension, and the axis must not be the batch");
    public static Rule Reshape { get; } = new("QG2008", RuleSeverity.Error, "Reshape changes the size", "{0} cannot become {1}", "Keep the number of elements");
    public static Rule Batch { get; } = new("QG2009", RuleSeverity.Error, "Batch must stay first", "Reshaping {0} to {1} mixes the frames of a batch", "Start flattening at dimension 1 and keep dimension 0");
    public static Rule Rank { get; } = new("QG2010", RuleSeverity.Error, "Wrong number of dimensions", "The input is {0}, the operator takes {1} dimensions", "Reshape the input");
    public static Rule ShapeNeeded { get; } = new("QG2011", RuleSeverity.Error, "Input shape is not known", "The shape of input '{0}' is not known", "Add [InputShape(...)] to the class or calibrate before converting");
    public static Rule InputCount { get; } = new("QG2012", RuleSeverity.Error, "Wrong number of inputs", "{0} inputs are given, the model takes {1}", "Give one tensor for each input of the signature");
    public static Rule ConvType { get; } = new("QG2013", RuleSeverity.Error, "Accumulator is convolved", "The input of the convolution is {0}", "A convolution reads qint8 or qint16: only an output of the model may be high precision");
    public static Rule BatchSize { get; } = new("QG2014", RuleSeverity.Error, "Batch does not fit", "A batch of {0} frames is empty or needs more than 2 GB at once", "Run a smaller batch");
    public static Rule OutputSize { get; } = new("QG2015", RuleSeverity.Error, "Wrong output size", "The buffer holds {0} values, the output is {1}", "Give a buffer of exactly that size");
    public static Rule Movement { get; } = new("QG2017", RuleSeverity.Error, "Integers cannot be moved so", "The movement does not fit {0}: {1}", "Give axes, sizes and positions that the tensor has, and leave the batch axis first");
    public static Rule BatchBroadcast { get; } = new("QG2020", RuleSeverity.Error, "Batch is broadcast", "The operand {0} repeats over the batch of {1} or mixes its frames", "Give every computed operand all dimensions and the same batch; only a constant may have fewer, or 1 as the first");
    public static Rule ConstantOperand { get; } = new("QG2021", RuleSeverity.Error, "Constant has no batch", "The operator takes a computed tensor; {0} is a parameter or buffer", "Compute what depends on parameters alone in the constructor, and combine it with a tensor by add, sub, mul, maximum, minimum or where");
    public static Rule OperandType { get; } = new("QG2022", RuleSeverity.Error, "Accumulator as operand", "The operands are {0} and {1}", "Only an output of the model may be high precision; operands are qint8 or qint16");
    public static Rule Sampling { get; } = new("QG2040", RuleSeverity.Error, "Map cannot be sampled so", "{0} cannot be resized or sampled: {1}", "Give one size or factor for each axis behind the channels, and a result of at least one element");
    public static Rule Grid { get; } = new("QG2042", RuleSeverity.Error, "Grid does not fit", "The grid {0} cannot sample {1}", "Give a grid [N, HO, WO, 2] of the batch of the map [N, C, H, W]");
    public static Rule SampledType { get; } = new("QG2041", RuleSeverity.Error, "Accumulator is sampled", "The input of the resize or sampling is {0}", "Sampling reads qint8 or qint16: only an output of the model may be high precision");
    public static Rule ReducedAxes { get; } = new("QG2023", RuleSeverity.Error, "Axes cannot be reduced", "The axes {0} of {1} cannot be reduced", "Give each axis that the tensor has once, and not that of the batch");
    public static Rule Matrices { get; } = new("QG2024", RuleSeverity.Error, "Matrices do not fit", "The matrices of {0} cannot be multiplied by those of {1}", "Give both three or more dimensions, alike but for the last two, and the last of the left one as the last but one of the right one; only a parameter on the right may have fewer");
    public static Rule LayerInput { get; } = new("QG2016", RuleSeverity.Error, "Layer cannot take its input", "The layer does not run on {0}: {1}", "Check the shape of the batch against the layer's arguments; [InputShape(...)] on the class checks it while typing");
    public static Rule CompositeShape { get; } = new("QG2031", RuleSeverity.Error, "Structure depends on the shape", "What '{0}' is made of depends on the shape of its input, which is not known", "Put [InputShape(...)] on the model's class");
    public static Rule TableInput { get; } = new("QG2090", RuleSeverity.Error, "Table cannot take its input", "The input of the table is {0}", "A table reads the activations, qint8 or qint16, that it was made for: quantize an accumulator first, and convert again after a change of type");
    public static Rule Ranking { get; } = new("QG2050", RuleSeverity.Error, "No such positions", "The {0} largest or smallest elements along axis {1} of {2} do not exist", "Give an axis other than the batch, and a count of at most its size");
    public static Rule Gathering { get; } = new("QG2051", RuleSeverity.Error, "Index does not fit", "The index {0} cannot pick along axis {1} of {2}", "Give an axis other than the batch, and an index with the dimensions of the data, none larger but that of the axis");
    public static Rule IndexType { get; } = new("QG2052", RuleSeverity.Error, "Index holds no positions", "The index is {0}", "Give positions as argmax, topk and argsort do, an int64 buffer, or an input that nothing else reads");
    public static Rule Boxes { get; } = new("QG2060", RuleSeverity.Error, "Boxes do not fit", "The boxes {0} are no regions of {1}", "Give boxes [N, count, 4] of left, top, right and bottom for maps [N, C, H, W]");
    public static Rule Empty { get; } = new("QG2030", RuleSeverity.Error, "Tensor is empty", "The tensor is {0}; every dimension is at least 1", "Give [InputShape] and the sizes of layers no zero");
}
