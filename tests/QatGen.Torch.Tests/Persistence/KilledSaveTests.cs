using System.Diagnostics;
using static TorchSharp.torch;

namespace QatGen.Torch.Tests.Persistence;

/// <summary>A process that is killed while it saves leaves a complete file, the old one or the new one.</summary>
public sealed class KilledSaveTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("qatgen").FullName;
    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Save_KilledAtAnyTime_LeavesACompleteFile()
    {
        var model = SavingProcess.Model();
        var random = new Random(1);
        for (var run = 0; run < 3; run++)
        {
            using var child = Process.Start(new ProcessStartInfo("dotnet", [typeof(SavingProcess).Assembly.Location, _folder]) { RedirectStandardOutput = true })!;

            // Each file was there before; then it dies at some point of some later one.
            Assert.NotNull(child.StandardOutput.ReadLine());
            Thread.Sleep(random.Next(5, 100));
            child.Kill();
            child.WaitForExit();
            model.Load(Path.Combine(_folder, SavingProcess.Checkpoint));
            Filled(model);
            model.LoadSafetensors(Path.Combine(_folder, SavingProcess.Safetensors));
            Filled(model);
        }

        // What a killed process left beside the file is in nobody's way.
        model.Save(Path.Combine(_folder, SavingProcess.Checkpoint));
    }

    private static void Filled(GraphQat model)
    {
        var values = model.parameters().SelectMany(static p => p.data<float>().ToArray()).Distinct().ToArray();
        Assert.True(values is [1] or [2], string.Join(", ", values.Take(5)));
    }
}
