namespace QuickStart;

/// <summary>The command line.</summary>
public sealed record Options(string Data, string Output, int Seed, int FloatEpochs, int QatEpochs, int CalibrationBatches, bool Resume)
{
    public const string Usage = """
        QuickStart: train, quantize, compile and simulate a network on Fashion-MNIST.
          --data FOLDER    the four Fashion-MNIST .gz files (default: a part that comes with the sample)
          --output FOLDER  where checkpoints and programs go (default: checkpoints beside the program)
          --quick          train less, end within a minute
          --resume         use the checkpoints of an earlier run
          --seed N         default 1
        """;

    /// <summary>Reads the arguments; a message for the user when they do not make sense.</summary>
    public static (Options? Options, string? Error) Parse(string[] arguments)
    {
        var options = new Options(Path.Combine(AppContext.BaseDirectory, "data"), Path.Combine(AppContext.BaseDirectory, "checkpoints"), Seed: 1, FloatEpochs: 4, QatEpochs: 2, CalibrationBatches: 16, Resume: false);
        for (var i = 0; i < arguments.Length; i++)
        {
            var value = i + 1 < arguments.Length ? arguments[i + 1] : null;
            switch (arguments[i])
            {
                case "--data" when value is not null: options = options with { Data = value }; i++; break;
                case "--output" when value is not null: options = options with { Output = value }; i++; break;
                case "--seed" when int.TryParse(value, out var seed): options = options with { Seed = seed }; i++; break;
                case "--quick": options = options with { FloatEpochs = 1, QatEpochs = 1, CalibrationBatches = 4 }; break;
                case "--resume": options = options with { Resume = true }; break;
                default: return (null, $"'{arguments[i]}' is not understood.\n{Usage}");
            }
        }

        return (options, null);
    }
}
