using QatGen.Files;
using TorchSharp;

namespace QuickStart;

/// <summary>Where a run leaves its files, and whether one may be taken instead of working again.</summary>
public sealed class Checkpoints(Options options)
{
    public string Float => Path.Combine(options.Output, "net.float");

    public string FineTuned => Path.Combine(options.Output, "net.finetuned");

    public string Qat => Path.Combine(options.Output, "net.qat");

    public string FixedPoint => Path.Combine(options.Output, "net.qgm");

    public string Program => Path.Combine(options.Output, "net.hbm");

    public bool CanResume(string path) => options.Resume && File.Exists(path);

    /// <summary>Trains a float model, or loads it where an earlier run left it.</summary>
    public void FloatOr(string path, torch.nn.Module model, Action train)
    {
        if (CanResume(path))
        {
            model.load(path);
            return;
        }

        train();
        AtomicFile.Write(path, stream => model.save(stream));
    }
}
