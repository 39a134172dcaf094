namespace QatGen;

/// <summary>QG3090 to QG3109 and QG3950 to QG3959: state that comes from files, and training.</summary>
public static class TrainingRules
{
    public static Rule FileType { get; } = new("QG3090", RuleSeverity.Error, "Type is not one of the file's", "'{0}' is {1}", "Convert it to one of {2}");
    public static Rule ParameterType { get; } = new("QG3091", RuleSeverity.Error, "Parameter has another type", "'{0}' is {1} in the checkpoint and {2} in the model", "Save the model's own parameters, not integers made of them");
    public static Rule OtherModel { get; } = new("QG3092", RuleSeverity.Error, "Checkpoint of another model", "'{0}' holds {1}, the model is {2}", "Load a checkpoint of this model; a class that only was renamed loads as before");
    public static Rule NotQat { get; } = new("QG3093", RuleSeverity.Error, "Not the state of a QAT model", "'{0}' does not say of which QAT model it is", "Load a float model's file with LoadFloat, a QAT model's with Load or LoadSafetensors");
    public static Rule OneValue { get; } = new("QG3094", RuleSeverity.Error, "One value per channel", "The batch norm '{0}' has one value per channel in this batch, which has no variance", "Train with batches of two frames or more, or freeze the batch norms with FreezeBatchNorm");
    public static Rule NormsDiffer { get; } = new("QG3095", RuleSeverity.Error, "Batch norms are kept otherwise", "The checkpoint was made with {0}, the model with {1}", "Construct the model with the BatchNormMode of the checkpoint");
    public static Rule NoLiveNorm { get; } = new("QG3096", RuleSeverity.Error, "No batch norm is live", "The model '{0}' has no batch norm of its own to {1}", "Construct it with BatchNormMode WithBN or WithBNReverseFold");
    public static Rule NoData { get; } = new("QG3097", RuleSeverity.Error, "No data", "{0} got no batch", "Give at least one batch; an enumerable that was read before may be empty");
    public static Rule NotFinite { get; } = new("QG3098", RuleSeverity.Error, "Training does not converge", "At step {0} {1} holds NaN or infinity", "Check data and labels, lower the learning rate, warm up, or clip gradients");
    public static Rule OneFrame { get; } = new("QG3099", RuleSeverity.Error, "Batch of one frame", "The batch norm '{0}' would train on single frames", "Train with batches of two frames or more, or freeze the batch norms of a QAT model");
    public static Rule OtherRun { get; } = new("QG3100", RuleSeverity.Error, "Another training", "'{0}' was written by {1}, this is {2}", "Go on with the recipe, seed and data of before, or delete the file to start anew");
    public static Rule Targets { get; } = new("QG3101", RuleSeverity.Error, "Targets do not fit", "There are {0} frames and {1} targets", "Give one target for each frame");
    public static Rule RawScale { get; } = new("QG3102", RuleSeverity.Error, "Scale is that of raw weights", "The weights of '{0}' are quantized before their live batch norm, at a scale that is learned, fixed, clipped, averaged or frozen and would not be that of the folded weights", "Use BatchNormMode.WithBNReverseFold, or scales that follow the weights; behind AdaRound freeze the batch norms with FreezeBatchNorm");
    public static Rule BitsDiffer { get; } = new("QG3103", RuleSeverity.Error, "Layer has other bits", "'{0}' has {1} bits in the checkpoint and {2} in the model", "Construct the model with the configuration it was saved with");
    public static Rule Moved { get; } = new("QG3950", RuleSeverity.Error, "QAT model is moved", "The state of '{0}' would become {1}", "Leave a QAT model in float32 on the CPU; convert batches to float32 instead, and its results to what is needed");
    public static Rule TensorType { get; } = new("QG3951", RuleSeverity.Error, "Input tensor has another type", "The input '{0}' is {1}, the model takes {2}", "Convert it with .to(ScalarType.{2}), and scale the bytes of an image as in training");
    public static Rule NotFloat { get; } = new("QG3953", RuleSeverity.Error, "State of a QAT model", "'{0}' holds the state of a QAT model of {1}, not of the float model", "Load it with LoadSafetensors; LoadFloat takes the float model's parameters");
    public static Rule FrozenInCalibration { get; } = new("QG3952", RuleSeverity.Warning, "Scale is frozen while calibrating", "'{0}' has the averaging constant 0, and {1} batches of the calibration changed nothing", "Calibrate with a constant above 0, then freeze with SetAveragingConstant(0)");
}
