namespace QatGen.Generators.Tests.Fuzz;

/// <summary>The model itself, and the rules that some models are made to break.</summary>
internal sealed partial class ModelFuzzer
{
    private static readonly string[] Roots = ["one input and output", "two inputs", "tuple of outputs", "array of outputs", "list of outputs", "undecided width", "given arguments",
        "tuple of inputs", "array of inputs", "tensor and list of inputs"];

    /// <summary>A statement of forward, and members beside it, that break a rule.</summary>
    private static readonly (string Name, string Rule, string Statement, string Member)[] Refused =
    [
        ("condition on data", "QG1004", "if (x.sum().item<float>() > 0) { x = F.relu(x); }", ""),
        ("loop on data", "QG1004", "while (x.sum().item<float>() > 1e30f) { x = F.relu(x); }", ""),
        ("undecided loop", "QG1005", "for (var i = 0; i < repeats; i++) { x = F.relu(x); }", "private readonly int repeats = int.Parse(Environment.GetEnvironmentVariable(\"NONE\") ?? \"1\");"),
        ("in-place on a view", "QG1009", "{ var kept = F.relu(x); kept.flatten(1).relu_(); x = kept; }", ""),
        ("tensor kept in a field", "QG1011", "last = x; x = F.relu(last);", "private Tensor? last;"),
        ("counter in a field", "QG1011", "x = calls++ == 0 ? x : F.relu(x);", "private int calls;"),
        ("list filled in forward", "QG1011", "seen.Add(x); x = seen[0];", "private readonly List<Tensor> seen = new();"),
        ("recursion without end", "QG1019", "x = Again(x);", "private Tensor Again(Tensor t) => Again(F.relu(t));"),
        ("condition on shape", "QG1006", "if (x.shape[0] > 1) { x = F.relu(x); }", ""),
        ("condition on training", "QG1006", "if (training) { x = F.relu(x); }", ""),
        ("call without source", "QG1008", "GC.KeepAlive(x);", ""),
        ("module that is not registered", "QG1006", "x = hidden[0].call(x);", "private readonly List<ReLU> hidden = new() { ReLU() };"),
        ("unregistered block in a Sequential", "QG1006", "x = late.call(x);",
            "private readonly Sequential late = Sequential(new Late()); "
            + "private sealed class Late() : Module<Tensor, Tensor>(\"l\") { private readonly ReLU act = ReLU(); public override Tensor forward(Tensor x) => act.call(x); }"),
    ];

    /// <summary>The types and parameters of forward, how many tensors they hold, and the statement that makes x, and second, of them.</summary>
    private (string Types, string Parameters, int Count, string Start) Inputs(string form)
    {
        var count = form.EndsWith("of inputs", StringComparison.Ordinal) ? 2 + Choices.Next(2) : 0;
        return form switch
        {
            "two inputs" => ("Tensor, Tensor", "Tensor x, Tensor second", 2, ""),
            "tuple of inputs" when count == 2 => ("(Tensor Left, Tensor Right)", "(Tensor Left, Tensor Right) pair", 2,
                Choices.Pick("var (x, second) = pair;", "Tensor x = pair.Left, second = pair.Right;", "var x = pair.Item2; var second = pair.Item1 + pair.Left;")),
            "tuple of inputs" => ("(Tensor, (Tensor, Tensor))", "(Tensor, (Tensor, Tensor)) all", 3, Choices.Pick("var (x, (second, third)) = all;", "var x = all.Item1; var (second, third) = all.Item2; x = x + third;")),
            "array of inputs" => ("Tensor[]", "Tensor[] all", count, Choices.Pick("Tensor x = all[0], second = all[^1];", "var x = all[0]; foreach (var y in all[1..]) { x = x + y; } var second = all.Last();",
                "var x = all.Aggregate((a, b) => a + b); var second = all[all.Length - 1];")),
            "tensor and list of inputs" => ("Tensor, IReadOnlyList<Tensor>", "Tensor x, IReadOnlyList<Tensor> others", count, Choices.Pick("var second = others[0];",
                "var second = x; for (var i = 0; i < others.Count; i++) { second = second + others[i]; }")),
            _ => ("Tensor", "Tensor x", 1, ""),
        };
    }

    private readonly List<(string Name, object?[]? Arguments)> _variants = [("", null)];

    /// <summary>Arguments that decide the structure, once or for several variants.</summary>
    private void GivenArguments(ModuleClass owner, Body body)
    {
        var isTable = Choices.OneIn(2);
        _variants.Clear();
        do
        {
            object?[] all = [isTable ? Enumerable.Range(0, Choices.Next(3)).Select(_ => 2 * (1 + Choices.Next(3))).ToArray() : Choices.Next(3), Choices.Pick("relu", "relu6", "none"), Choices.Next(2) == 0];
            _variants.Add((_variants.Count == 0 ? Choices.Pick("", "First") : $"V{_variants.Count}", all));
        }
        while (_variants.Count < 3 && Choices.Next(2) != 0);
        owner.Parameters.Add((isTable ? "int[]" : "int", "given", "", false));
        owner.Parameters.Add(("string", "activation", "\"relu\"", true));
        owner.Parameters.Add(("bool", "closes", "true", true));
        owner.Members.Add("private readonly Sequential stages = Sequential();\nprivate readonly Module<Tensor, Tensor>? close;\nprivate readonly bool rectifies;");
        owner.Setup.Add((isTable ? "var planes = 4; foreach (var width in given) { stages.append(Conv2d(planes, width, 1)); planes = width; }"
                : "var planes = 4; for (var i = 0; i < given; i++) { planes += 2; stages.append($\"s{i}\", Conv2d(planes - 2, planes, 1)); }")
            + " stages.append(\"fit\", Conv2d(planes, 4, 1));\nif (closes) { close = activation switch { \"relu\" => ReLU(), \"relu6\" => ReLU6(), _ => Identity() }; }\nrectifies = activation != \"none\";");
        body.Add("x = stages.call(x); x = close?.call(x) ?? x; if (rectifies) { x = F.relu(x); }");
    }

    /// <summary>The attribute of a variant; what is the parameter's default may be left out.</summary>
    private string Attribute((string Name, object?[]? Arguments) variant)
    {
        object?[] given = variant.Arguments is [_, "relu", true] ? variant.Arguments[..1] : variant.Arguments is [_, _, true] ? variant.Arguments[..2] : variant.Arguments!;
        var values = given.Select(static v => v switch { int[] table => $"new int[] {{ {string.Join(", ", table)} }}", string text => $"\"{text}\"", bool flag => flag ? "true" : "false", _ => $"{v}" });
        return $"[ModelArgs({(given is [int[]] ? "new object[] { " + values.Single() + " }" : string.Join(", ", values))}{(variant.Name.Length == 0 ? "" : $", Name = \"{variant.Name}\"")})]";
    }

    private (string Code, int Inputs, string? Rule) Root(bool refuses)
    {
        var form = Choices.Pick(Roots);
        var owner = new ModuleClass("Model") { IsRoot = true };
        var (types, parameters, inputs, start) = Inputs(form);
        var body = new Body(owner, new(4, 8)) { CanReturn = form == Roots[0] && !refuses };
        body.Add(start);
        if (refuses)
        {
            body.Add("var start = x;");
        }

        if (form == "undecided width")
        {
            owner.Members.Add("private readonly Conv2d stem;");
            owner.Parameters.Add(("bool", "wide", "false", true));
            owner.Setup.Add(Choices.Pick("var stems = wide ? 8 : 6; stem = Conv2d(4, stems, 1); fit = Conv2d(stems, 4, 1);",
                "var stems = 6; if (wide) { stems *= 2; } stem = Conv2d(4, stems, 1); fit = Conv2d(stems, 4, 1);"));
            owner.Members.Add("private readonly Conv2d fit;");
            body.Add("x = fit.call(F.relu(stem.call(x)));");
        }
        else if (form == "given arguments")
        {
            GivenArguments(owner, body);
        }
        else
        {
            Call(body);
        }

        if (inputs > 1)
        {
            body.Kept.Add(("second", new(4, 8)));
        }

        Steps(body, 6);
        string? rule = null;
        if (refuses)
        {
            var (name, broken, statement, member) = Choices.Pick(Refused);
            _used.Add(name);
            body.Add(statement);
            owner.Members.Add(member);
            rule = broken;
            Steps(body, 2);
        }

        var (result, value) = form switch
        {
            "tuple of outputs" => ("(Tensor, Tensor)", Choices.Pick("(x, F.relu(x))", "(x, x.argmax(1))", "(x.topk(1, 1).values, torch.topk(x, 1, 1).indices)")),
            "array of outputs" => ("Tensor[]", Choices.Pick("new[] { x, F.relu(x) }", "[x, x]")),
            "list of outputs" => ("List<Tensor>", "new List<Tensor> { F.relu(x), x }"),
            _ => ("Tensor", "x"),
        };
        return (Use(form, $$"""
            [QatModel(March.Bayes)]
            {{string.Concat(Enumerable.Repeat("[InputShape(1, 4, 8, 8)]", types.Contains("[]", StringComparison.Ordinal) || types.Contains("List", StringComparison.Ordinal) || Choices.OneIn(2) ? inputs : 0))}}
            {{string.Join("\n", _variants.Where(static v => v.Arguments is not null).Select(Attribute))}}
            public partial class Model : Module<{{types}}, {{result}}>
            {
            {{string.Join("\n", owner.Members)}}
            public Model({{owner.Declaration}}) : base("Model")
            {
            {{string.Join("\n", owner.Setup)}}
            RegisterComponents();
            }
            public override {{result}} forward({{parameters}})
            {
            {{body}}return {{value}};
            }
            }
            """), inputs, rule);
    }
}
