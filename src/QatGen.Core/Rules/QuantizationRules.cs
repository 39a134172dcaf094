namespace QatGen;

/// <summary>QG3xxx: quantization.</summary>
public static class QuantizationRules
{
    public static Rule NotANumber { get; } = new("QG3001", RuleSeverity.Error, "Not a number", "{0} holds NaN or infinity", "Check the data, the learning rate and the loss of the step before");
    public static Rule NoShift { get; } = new("QG3002", RuleSeverity.Error, "Rescale does not fit", "The ratio of input and output scales is out of range; the output scale is {0}", "Calibrate with representative data; a scale this extreme is usually a layer that saw no or constant data");
    public static Rule NotCalibrated { get; } = new("QG3003", RuleSeverity.Error, "Layer has no scale", "'{0}' never saw data", "Call Calibrate with a few batches, or train, before validating or converting");
    public static Rule Overflow { get; } = new("QG3004", RuleSeverity.Error, "Accumulator could overflow", "The sums of output channel {0} can reach {1}, beyond int32", "Use fewer input channels or smaller kernels in this layer");
    public static Rule ParameterMissing { get; } = new("QG3005", RuleSeverity.Error, "Parameter is missing", "The checkpoint has no '{0}'", "Load a checkpoint of this model");
    public static Rule ParameterExtra { get; } = new("QG3006", RuleSeverity.Error, "Parameter is unknown", "The checkpoint has '{0}', the model does not", "Load a checkpoint of this model");
    public static Rule ParameterShape { get; } = new("QG3007", RuleSeverity.Error, "Parameter has another shape", "'{0}' is {1} in the checkpoint and {2} in the model", "Construct the model with the arguments it was saved with");
    public static Rule WrongState { get; } = new("QG3008", RuleSeverity.Error, "Scale must be positive", "'{0}' has the scale {1}", "A scale is a positive finite number; load an undamaged checkpoint");
    public static Rule TypeUnused { get; } = new("QG3020", RuleSeverity.Error, "Rule selects nothing", "The configuration sets {0}, but there is no such input and no such layer with a scale or weights of its own", "Use a path of named_modules(), an operator's name or an input's name; a layer that keeps its input's scale has its input's type");
    public static Rule TypeNotActivation { get; } = new("QG3021", RuleSeverity.Error, "Type is not for activations", "'{0}' is to be {1}", "Use qint8 or qint16; qint32 is the type of a model's high-precision outputs");
    public static Rule TypeDiffers { get; } = new("QG3022", RuleSeverity.Error, "Layer has another type", "'{0}' is {1} in the checkpoint and {2} in the model", "Construct the model with the configuration it was saved with");
    public static Rule NotHighPrecision { get; } = new("QG3060", RuleSeverity.Warning, "Output cannot stay qint32", "'{0}' is asked to stay qint32 and is quantized: {1}", "Take [HighPrecisionOutput] away, or make the output a convolution, fully connected layer or matrix product that nothing else reads");
    public static Rule OutOfDomain { get; } = new("QG3023", RuleSeverity.Error, "No value inside the domain", "No input of '{0}' is one for which {1} is defined and finite, so that its result has no range", "Keep the inputs inside the function's domain, for example with a clamp or an added constant");
    public static Rule IndexRange { get; } = new("QG3050", RuleSeverity.Error, "Index is out of range", "A position is {0}, the axis has {1} elements", "Give positions from 0 to one less than the size; negative ones are not counted from the end");
    public static Rule TooLargeToRound { get; } = new("QG3051", RuleSeverity.Error, "Values are too large to round", "The values can reach {0}, whole numbers go up to {1}", "Keep the values smaller, for example with a clamp before the layer that rounds");
    public static Rule SettingOutOfRange { get; } = new("QG3070", RuleSeverity.Error, "Setting is out of range", "The {0} of '{1}' is to have the {2} {3}", "Use {4}");
    public static Rule SelectsNothing { get; } = new("QG3071", RuleSeverity.Error, "Selector selects nothing", "{0} selects nothing that this can be done to", "Use a path of named_modules(), an operator's name or an input's name; Explain lists the quantizers and what they observe");
    public static Rule SawNoData { get; } = new("QG3072", RuleSeverity.Warning, "Layer saw no data", "'{0}' has no scale: no batch of the calibration reached it", "Calibrate with batches that take every path of the model");
    public static Rule IntervalTooLong { get; } = new("QG3073", RuleSeverity.Warning, "Interval is longer than the calibration", "'{0}' finds its scale every {1} batches and saw {2}", "Calibrate with at least as many batches, or use a shorter interval");
    public static Rule MaskType { get; } = new("QG3901", RuleSeverity.Error, "Mask is not bool", "The input '{0}' is read as a mask and is {1}", "Give a bool tensor; numbers that are added to scores are a buffer of the model, or are added in forward");
    public static Rule NotAMask { get; } = new("QG3902", RuleSeverity.Error, "Bool is read as numbers", "The input '{0}' is {1}, and layers compute with it", "Convert it to float32, or use it only as a mask: in masked_fill, where or attention");
}
