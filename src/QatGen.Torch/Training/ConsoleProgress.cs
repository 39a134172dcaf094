using System.Diagnostics;
using System.Globalization;

namespace QatGen.Torch.Training;

/// <summary>Progress as one line that is written over, and one that stays for each epoch; give <see cref="Report"/> to <see cref="TrainerOptions.Progress"/>.</summary>
public sealed class ConsoleProgress(TextWriter? output = null)
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly TextWriter _output = output ?? Console.Out;
    private int _length;

    /// <summary>Writes where training is.</summary>
    public void Report(TrainingProgress progress)
    {
        var metrics = string.Concat((progress.Metrics ?? new Dictionary<string, double>()).Select(static m => string.Create(CultureInfo.InvariantCulture, $"  {m.Key} {m.Value:0.####}")));
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"epoch {progress.Epoch}/{progress.Epochs}  step {progress.Step}/{progress.Steps}  loss {progress.Loss:0.0000}  rate {progress.Rate:0.######}{metrics}  {_clock.Elapsed.TotalSeconds:0} s");
        _output.Write("\r" + line.PadRight(_length) + (progress.Metrics is null ? "" : Environment.NewLine));
        _length = progress.Metrics is null ? line.Length : 0;
    }
}
