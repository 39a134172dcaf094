using QatGen;
using QatGen.Bpu;
using QatGen.Files;
using QatGen.Kernels;
using QatGen.Torch;
using TorchSharp;

namespace QuickStart;

/// <summary>The files of a run. Each step leaves one; with <c>--resume</c> a step whose file is there reads it instead of working again.</summary>
public sealed class Checkpoints(Options options)
{
    public string FloatPath => Path.Combine(options.Output, "net.float");

    public string FineTunedPath => Path.Combine(options.Output, "net.finetuned.float");

    public string QatPath => Path.Combine(options.Output, "net.qat");

    public string FixedPointPath => Path.Combine(options.Output, "net.qgm");

    public string ProgramPath => Path.Combine(options.Output, "net.hbm");

    /// <summary>Bytes of a file.</summary>
    public static long Size(string path) => new FileInfo(path).Length;

    /// <summary>Trains a float model, or reads what an earlier run made of it.</summary>
    public bool Float(string path, torch.nn.Module model, Action train)
    {
        if (CanResume(path))
        {
            ReadFloat(path, model);
            return true;
        }

        train();
        WriteFloat(path, model);
        return false;
    }

    /// <summary>Trains a QAT model, or reads it.</summary>
    public bool Qat(IQatModule model, Action train)
    {
        if (CanResume(QatPath))
        {
            model.Load(QatPath);
            return true;
        }

        train();
        model.Save(QatPath);
        return false;
    }

    /// <summary>Converts, or reads the converted model: a program that needs neither the generated classes nor libtorch.</summary>
    public FixedPointModel FixedPoint(Func<FixedPointModel> convert)
    {
        if (CanResume(FixedPointPath))
        {
            return FixedPointProgram.Load(FixedPointPath);
        }

        var model = convert();
        model.Save(FixedPointPath);
        return model;
    }

    /// <summary>Compiles, or reads the compiled program.</summary>
    public BpuProgram Program(Func<BpuProgram> compile)
    {
        if (CanResume(ProgramPath))
        {
            return BpuProgram.Load(ProgramPath);
        }

        var program = compile();
        program.Save(ProgramPath);
        return program;
    }

    private bool CanResume(string path) => options.Resume && File.Exists(path);

    /// <summary>TorchSharp's own format; it closes the stream that it writes to, so the bytes take a detour.</summary>
    private static void WriteFloat(string path, torch.nn.Module model)
    {
        using var memory = new MemoryStream();
        model.save(memory);
        AtomicFile.Write(path, stream => stream.Write(memory.ToArray()));
    }

    private static void ReadFloat(string path, torch.nn.Module model)
    {
        try
        {
            model.load(path);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new InvalidDataException($"{path} is not a complete checkpoint of this network ({e.Message}). Delete it, or run without --resume.", e);
        }
    }
}
