namespace QatGen.Torch.Tests.Persistence;

/// <summary>A process that does nothing but save, for <see cref="KilledSaveTests"/>: a checkpoint and a safetensors file, over and over, each with all parameters 1 or all 2.</summary>
internal static class SavingProcess
{
    public const string Checkpoint = "net.qat";
    public const string Safetensors = "net.safetensors";

    public static void Main(string[] arguments)
    {
        var model = Model();
        for (var value = 1; ; value = 3 - value)
        {
            Fill(model, value);
            model.Save(Path.Combine(arguments[0], Checkpoint));
            model.SaveSafetensors(Path.Combine(arguments[0], Safetensors));
            Console.WriteLine(value);
        }
    }

    public static GraphQat Model() => Nets.Calibrated(Nets.Residual(width: 64));

    private static void Fill(GraphQat model, float value)
    {
        using var grad = TorchSharp.torch.no_grad();
        foreach (var parameter in model.parameters())
        {
            parameter.fill_(value);
        }
    }
}
