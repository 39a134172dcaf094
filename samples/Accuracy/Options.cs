namespace Accuracy;

/// <summary>The command line.</summary>
public sealed record Options(string Experiment, IReadOnlyList<int> Seeds, int Threads, string Data, string Output, IReadOnlyList<string> Only, IReadOnlyList<int> Bits)
{
    public const string Usage = """
        Accuracy: what quantization costs, on whole data sets.
          fashion          Fashion-MNIST: float, post-training and QAT with 8, 4 and 3 bits of weights
          reference        the same from PyTorch's float checkpoint
          emoji            9 classes of emoji in colour: MobileNetV2 and RepVGG with 8, 4 and 3 bits
          --seeds 1,2,3    default 1,2,3
          --only METHOD    one of the rows, such as QAT; may be repeated
          --bits 8,4,3     only these widths of weights
          --threads N      default: all cores
          --data FOLDER    the four .gz files of Fashion-MNIST (default: /usr/share/datasets/fashion-mnist), or the node_modules with the packages of emoji
          --output FOLDER  where models and results.jsonl go (default: results beside the program); what is there is not measured again
        """;

    public string ResultsPath => Path.Combine(Output, "results.jsonl");

    /// <summary>Whether a row is asked for; float ones have no width.</summary>
    public bool Runs(string method, int bits) => (Only.Count == 0 || Only.Contains(method)) && (Bits.Count == 0 || bits == Method.FloatBits || Bits.Contains(bits));

    /// <summary>Reads the arguments; a message for the user when they do not make sense.</summary>
    public static (Options? Options, string? Error) Parse(string[] arguments)
    {
        if (arguments is not [("fashion" or "reference" or "emoji") and var experiment, ..])
        {
            return (null, Usage);
        }

        var options = new Options(experiment, [1, 2, 3], 0, "/usr/share/datasets/fashion-mnist", Path.Combine(AppContext.BaseDirectory, "results"), [], []);
        for (var i = 1; i + 1 < arguments.Length; i += 2)
        {
            var value = arguments[i + 1];
            switch (arguments[i])
            {
                case "--seeds" when Numbers(value) is { Length: > 0 } seeds: options = options with { Seeds = seeds }; break;
                case "--bits" when Numbers(value) is { Length: > 0 } bits: options = options with { Bits = bits }; break;
                case "--only": options = options with { Only = [.. options.Only, value] }; break;
                case "--threads" when int.TryParse(value, out var threads) && threads > 0: options = options with { Threads = threads }; break;
                case "--data": options = options with { Data = value }; break;
                case "--output": options = options with { Output = value }; break;
                default: return (null, $"'{arguments[i]} {value}' is not understood.\n{Usage}");
            }
        }

        return arguments.Length % 2 == 1 ? (options, null) : (null, $"'{arguments[^1]}' is not understood.\n{Usage}");
    }

    private static int[]? Numbers(string text)
    {
        var parts = text.Split(',').Select(static p => int.TryParse(p, out var n) ? n : -1).ToArray();
        return Array.TrueForAll(parts, static n => n >= 0) ? parts : null;
    }
}
