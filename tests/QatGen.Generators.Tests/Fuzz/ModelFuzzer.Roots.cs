namespace QatGen.Generators.Tests.Fuzz;

/// <summary>The model itself, and the rules that some models are made to break.</summary>
internal sealed partial class ModelFuzzer
{
    private static readonly string[] Roots = ["one input and output", "two inputs", "tuple of outputs", "array of outputs", "list of outputs", "undecided width"];

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

    private (string Code, int Inputs, string? Rule) Root(bool refuses)
    {
        var form = Choices.Pick(Roots);
        var owner = new ModuleClass("Model") { IsRoot = true };
        var body = new Body(owner, new(4, 8)) { CanReturn = form == Roots[0] && !refuses };
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
        else
        {
            Call(body);
        }

        if (form == "two inputs")
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
            "tuple of outputs" => ("(Tensor, Tensor)", "(x, F.relu(x))"),
            "array of outputs" => ("Tensor[]", Choices.Pick("new[] { x, F.relu(x) }", "[x, x]")),
            "list of outputs" => ("List<Tensor>", "new List<Tensor> { F.relu(x), x }"),
            _ => ("Tensor", "x"),
        };
        var (types, parameters, inputs) = form == "two inputs" ? ("Tensor, Tensor", "Tensor x, Tensor second", 2) : ("Tensor", "Tensor x", 1);
        return (Use(form, $$"""
            [QatModel(March.Bayes)]
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
