using System.Globalization;

namespace QatGen.Generators.Tests.Fuzz;

/// <summary>
/// Writes random but valid TorchSharp model classes on [2, 4, 8, 8]. Each part of the class holds a table of constructs; a table's first entry is the simplest. Shapes are tracked,
/// so that the models run.
/// </summary>
internal sealed partial class ModelFuzzer(Choices choices)
{
    private const int Deepest = 3;

    private readonly SortedSet<string> _used = new(StringComparer.Ordinal);
    private readonly List<string> _library = [];
    private readonly SortedSet<string> _mayRefuse = new(StringComparer.Ordinal);
    private List<string> _beside = [];
    private bool _hasUnclaimed;
    private int _names;

    private Choices Choices { get; } = choices;

    /// <summary>The names of all constructs that models can use.</summary>
    public static IEnumerable<string> All => Statements.Concat(Flow).Concat(Calls).Concat(Tensors).Concat(Axes).Select(static c => c.Name)
        .Concat(Modules.Select(static m => m.Name)).Concat(Storages.Select(static s =>
            s.Name)).Concat(Conditions).Concat(Numbers).Concat(ConvForms).Concat(Classes).Concat(Roots).Concat(Refused.Select(static r => r.Name));

    /// <summary>The model of a list of choices; <paramref name="refuses"/> makes it break a rule.</summary>
    public static FuzzModel Write(Choices choices, string space, bool refuses)
    {
        var fuzzer = new ModelFuzzer(choices);
        var (code, inputs, rule) = fuzzer.Root(refuses);
        var hasLibrary = fuzzer._library.Count > 0;
        var library = hasLibrary ? $"{Header}\nnamespace {space}.Blocks;\n\n{string.Join("\n", fuzzer._library)}" : "";
        var source = $"{Header}\n{(hasLibrary ? $"using {space}.Blocks;\n" : "")}namespace {space};\n\n{code}\n{string.Join("\n", fuzzer._beside)}";
        return new(space, source, library, inputs, fuzzer._mayRefuse.ToSeq(), rule, fuzzer._used, choices.Made) { Variants = fuzzer._variants, HasUnclaimed = fuzzer._hasUnclaimed };
    }

    private const string Header = """
        using QatGen;
        using TorchSharp;
        using TorchSharp.Modules;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn;
        using F = TorchSharp.torch.nn.functional;
        """;

    private string Name(string prefix) => prefix + (++_names).ToString(CultureInfo.InvariantCulture);

    /// <summary>Counts the use of a construct.</summary>
    private T Use<T>(string construct, T result)
    {
        _used.Add(construct);
        return result;
    }

    /// <summary>Some statements, each of which changes x.</summary>
    private Body Steps(Body body, int most = 3)
    {
        for (var i = 0; i < most && Choices.Next(4) != 0; i++)
        {
            Step(body);
        }

        return body;
    }

    private void Step(Body body)
    {
        var table = body.Depth >= Deepest ? Tensors : Choices.Pick(Statements, Statements, Tensors, Calls, Flow, Axes);
        var construct = Choices.Pick(table);
        if (construct.Write(this, body))
        {
            _used.Add(construct.Name);
        }
        else
        {
            body.Add("x = F.relu(x);");
        }
    }

    /// <summary>Makes x a map or vector of a number of channels again.</summary>
    private Body Fit(Body body, int channels)
    {
        if (body.Shape.Channels != channels)
        {
            var code = body.Shape.IsMap ? $"Conv2d({body.Shape.Channels}, {channels}, 1)" : $"Linear({body.Shape.Channels}, {channels})";
            body.Add($"x = {Keep(body.Owner, "Module<Tensor, Tensor>", code)}.call(x);");
            body.Shape = body.Shape with { Channels = channels };
        }

        return body;
    }

    private static int Same(Shape shape) => shape.IsMap ? 3 : 1;
}
