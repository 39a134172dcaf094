namespace QuickStart;

/// <summary>
/// The figures of a run. Accuracies are top-1 in percent over <see cref="TestImages"/> images; <see cref="DifferingValues"/> counts the integers of the output layer where QAT in VALIDATION,
/// the fixed-point program and the simulator are not all equal; latency is the BPU's for one frame, in microseconds.
/// </summary>
public sealed record Result(
    double Float, double FloatFineTuned, double Calibrated, double Qat, double FixedPoint, double Simulator, int TestImages, long DifferingValues,
    double LatencyUs, double FramesPerSecond, double DdrBytesPerFrame, double Seconds);

/// <summary>One row of the table: stage, top-1 in percent, bytes of its file (0: none) and seconds for the test set.</summary>
public sealed record Stage(string Name, double Top1, long Bytes, double Seconds);
