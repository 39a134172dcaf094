using System.Globalization;

namespace QatGen.Generators.Tests.Fuzz;

/// <summary>Modules: how they are made, and how their class keeps them.</summary>
internal sealed partial class ModelFuzzer
{
    private static readonly string[] ConvForms = ["conv positional", "conv named", "conv tuples", "conv grouped", "conv strided", "conv dilated"];
    private static readonly string[] Numbers = ["literal", "const number", "computed number", "static table", "parameter"];

    private static readonly ModuleConstruct[] Modules =
    [
        new("ReLU", static (f, b) => f.Choices.Pick(("ReLU", "ReLU()", b.Shape), ("ReLU", "ReLU(inplace: false)", b.Shape), ("ReLU6", "ReLU6()", b.Shape), ("Identity", "Identity()", b.Shape))),
        new("Dropout", static (_, b) => ("Dropout", "Dropout(0.25)", b.Shape)),
        new("Conv2d or Linear", static (f, b) => f.Weighted(b)),
        new("BatchNorm2d", static (f, b) => b.Shape.IsMap ? ("BatchNorm2d", f.Choices.Pick($"BatchNorm2d({b.Shape.Channels})", $"BatchNorm2d({b.Shape.Channels}, eps: 1e-3, momentum: 0.2)"), b.Shape)
            : null),
        new("pool module", static (f, b) => b.Shape is { IsMap: true, Size: >= 2 } && !b.KeepsSize
            ? f.Choices.Pick<(string, string, Shape)>(("MaxPool2d", "MaxPool2d(2)", b.Shape with { Size = b.Shape.Size / 2 }), ("AvgPool2d", "AvgPool2d(3, stride: 1, padding: 1)", b.Shape),
                ("MaxPool2d", "MaxPool2d(3, stride: 1, padding: 1)", b.Shape)) : null),
        new("Sequential of modules", static (f, b) => f.Several(b, static m => "Sequential(" + string.Join(", ", m) + ")")),
        new("Sequential of pairs", static (f, b) => f.Several(b, static m => "Sequential(" + string.Join(", ", m.Select(static (c, i) => $"(\"layer{i}\", (Module<Tensor, Tensor>){c})")) + ")")),
        new("Sequential of an array", static (f, b) => f.Several(b, static m => "Sequential(new Module<Tensor, Tensor>[] { " + string.Join(", ", m) + " })")),
        new("Sequential of a list", static (f, b) => f.Several(b, static m => "Sequential(new List<(string, Module<Tensor, Tensor>)> { " + string.Join(", ", m.Select(static (c, i) =>
            $"($\"m{{{i}}}\", {c})")) + " })")),
        new("Sequential append", static (f, b) => f.Several(b, static m => "Sequential(" + m[0] + ")" + string.Concat(m.Skip(1).Select(static c => $".append({c})")))),
        new("own block", static (f, b) => f.NewBlock(b)),
        new("ConvBn with arguments", static (f, b) => f.NewConvBn(b)),
        new("module without operator", static (f, b) => f.Unclaimed(b.Shape)),
    ];

    private static readonly StorageConstruct[] Storages =
    [
        new("field initializer", Place.Initializer, static (f, c, type, code) => f.Member(c, n => $"private readonly {type} {n} = {code};")),
        new("field in constructor", Place.Constructor, static (f, c, type, code) => f.Member(c, n => $"private readonly {type} {n};", n => $"{n} = {code};")),
        new("property", Place.Initializer, static (f, c, type, code) => f.Member(c, n => f.Choices.Pick($"private {type} {n} {{ get; }} = {code};", $"public {type} {n} {{ get; init; }} = {code};"))),
        new("general field", Place.Initializer, static (f, c, _, code) => f.Member(c, n => $"protected Module<Tensor, Tensor> {n} = {code};")),
        new("component name", Place.Initializer, static (f, c, type, code) => f.Member(c, n => $"[TorchSharp.Utils.ComponentName(Name = \"{n}_named\")] private readonly {type} {n} = {code};")),
        new("optional field", Place.Constructor, static (f, c, type, code) => f.Member(c, n => $"private readonly {type}? {n};", n => $"{n} = {f.True(c)} ? {code} : null;") + "!"),
        new("register_module", Place.Constructor, static (f, c, type, code) => f.Member(c, n => $"private readonly List<{type}> {n} = new();", n =>
            $"{n}.Add({code}); register_module(\"{n}_\" + {n}.Count, {n}[0]);") + "[0]"),
        new("add_module", Place.Constructor, static (f, c, type, code) => f.Member(c, n => $"private readonly {type}[] {n} = new {type}[1];", n =>
            $"{n}[0] = {code}; add_module($\"{n}_{{{n}.Length - 1}}\", {n}[^1]);") + "[0]"),
        new("deconstruction", Place.Constructor, static (f, c, type, code) => f.Member(c, n => $"private readonly {type} {n}; private readonly int {n}_n;", n => $"({n}, {n}_n) = ({code}, 2);")),
        new("coalescing assignment", Place.Constructor, static (f, c, type, code) => f.Member(c, n => $"private readonly {type}? {n};", n => $"{n} ??= {code};") + "!"),
        new("factory method", Place.Static, static (f, c, type, code) => f.Member(c, n =>
            $"private readonly {type} {n} = Make{n}(); private static {type} Make{n}() {{ var made = {code}; return made; }}")),
        new("factory delegate", Place.Constructor, static (f, c, type, code) => f.Member(c, n => $"private readonly {type} {n};", n =>
            $"Func<int, {type}> make{n} = unused => {code}; {n} = make{n}(1);")),
        new("dictionary", Place.Constructor, static (f, c, type, code) => f.Member(c, n => $"private readonly Dictionary<string, {type}> {n} = new();", n => f.Choices.Pick(
            $"{n}[\"a\"] = {code}; register_module(\"{n}_a\", {n}[\"a\"]);",
            $"{n}.Add(\"a\", {code}); foreach (var (name, module) in {n}) {{ register_module($\"{n}_{{name}}\", module); }}")) + "[\"a\"]"),
        new("ModuleDict", Place.Constructor, static (f, c, _, code) => f.Member(c, n => $"private readonly ModuleDict<Module<Tensor, Tensor>> {n} = new();", n => f.Choices.Pick(
            $"{n}.Add((\"a\", {code}));", $"{n}.Add(\"a\", {code});")) + "[\"a\"]"),
        new("field kept as it is", Place.Initializer, static (f, c, type, code) =>
        {
            f._hasUnclaimed = true;
            return f.Member(c, n => $"[KeepAsIs] private readonly {type} {n} = {code};");
        }),
    ];

    /// <summary>Keeps a module in its class; the expression that forward reads it by.</summary>
    private string Keep(ModuleClass owner, string type, string code)
    {
        var isGiven = owner.Mentions(code);
        var storage = Choices.Pick(Storages.Where(s => s.Place == Place.Initializer ? owner.IsPrimary || !isGiven : s.Place == Place.Constructor ? !owner.IsPrimary : !isGiven).ToArray());
        return Use(storage.Name, storage.Store(this, owner, type, code));
    }

    private string Member(ModuleClass owner, Func<string, string> member, Func<string, string>? setup = null)
    {
        var name = Name("m");
        owner.Members.Add(member(name));
        if (setup is not null)
        {
            owner.Setup.Add(setup(name));
        }

        return name;
    }

    /// <summary>A new module that takes x.</summary>
    private (string Type, string Code, Shape Out) Make(Body body)
    {
        var construct = Choices.Pick(body.Depth >= Deepest ? Modules[..5] : Modules);
        return construct.Make(this, body) is { } made ? Use(construct.Name, made) : ("ReLU", "ReLU()", body.Shape);
    }

    private (string Type, string Code, Shape Out)? Several(Body body, Func<string[], string> write)
    {
        var inner = body.Inner(inSequential: true);
        var made = new List<string>();
        do
        {
            var (_, code, shape) = Make(inner);
            made.Add(code);
            inner.Shape = shape;
        }
        while (made.Count < 4 && Choices.Next(2) != 0);
        return ("Sequential", write([.. made]), inner.Shape);
    }

    private (string Type, string Code, Shape Out)? Unclaimed(Shape shape)
    {
        _hasUnclaimed = true;
        var (type, code) = Choices.Pick(("GELU", "GELU()"), ("SiLU", "SiLU(inplace: false)"), ("Softmax", "Softmax(1)"), shape.IsMap ? ("GroupNorm", $"GroupNorm(2, {shape.Channels})") : ("Tanh", "Tanh()"), ("Softplus", "Softplus()"));
        return (type, code, shape);
    }

    private (string Type, string Code, Shape Out) Weighted(Body body)
    {
        var (channels, size) = body.Shape;
        var output = Choices.Pick(channels, 2, 4, 6);
        if (!body.Shape.IsMap)
        {
            return ("Linear", Choices.Pick($"Linear({channels}, {Number(body.Owner, output)})", $"nn.Linear({channels}, {output}, hasBias: false)"), new(output, 0));
        }

        var form = Choices.Pick(ConvForms);
        var (code, made) = form switch
        {
            "conv named" => ($"Conv2d(in_channels: {channels}, out_channels: {Number(body.Owner, output)}, kernel_size: 3, padding: 1, bias: false)", new(output, size)),
            "conv tuples" => ($"nn.Conv2d({channels}, {output}, kernel_size: (3, 1), padding: (1, 0))", new(output, size)),
            "conv grouped" => ($"Conv2d({channels}, {channels * 2}, 3, padding: 1, groups: {channels})", new(channels * 2, size)),
            "conv strided" when size >= 2 && !body.KeepsSize => ($"Conv2d({channels}, {Number(body.Owner, output)}, 2, stride: 2)", new(output, size / 2)),
            "conv dilated" => ($"Conv2d({channels}, {output}, 3, padding: 2, dilation: 2)", new(output, size)),
            _ => ($"Conv2d({Number(body.Owner, channels)}, {Number(body.Owner, output)}, {Choices.Pick("1", "3, padding: 1", "3, padding: Padding.Same")})", new Shape(output, size)),
        };
        return ("Conv2d", code, Use(form, made));
    }

    /// <summary>A number of channels as an expression that field initializers can hold.</summary>
    private string Number(ModuleClass owner, int value)
    {
        var form = Choices.Pick(Numbers);
        var name = Name("n");
        switch (form)
        {
            case "const number":
                owner.Members.Add($"private const int {name} = {value};");
                break;
            case "computed number":
                name = Choices.Pick($"{value / 2} + {value - value / 2}", $"Math.Max({value}, 1)", $"(int)({value / 2} * 2.0) + {value % 2}", $"({value * 4} >> 2)",
                    $"\"{new string('a', value)}\".Length");
                break;
            case "static table":
                owner.Members.Add($"private static readonly int[] {name} = {{ 1, {value}, 3 }};");
                name += Choices.Pick("[1]", "[^2]", ".Skip(1).First()", ".ElementAt(1)");
                break;
            case "parameter":
                owner.Parameters.Add(("int", name, value.ToString(CultureInfo.InvariantCulture), owner.IsRoot || Choices.OneIn(2)));
                break;
            default:
                form = "literal";
                name = value.ToString(CultureInfo.InvariantCulture);
                break;
        }

        return Use(form, name);
    }
}
