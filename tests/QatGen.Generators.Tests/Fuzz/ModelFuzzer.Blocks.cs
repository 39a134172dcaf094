namespace QatGen.Generators.Tests.Fuzz;

/// <summary>Own module classes, and layers that tables of settings describe.</summary>
internal sealed partial class ModelFuzzer
{
    private static readonly string[] Classes = ["constructor", "expression constructor", "chained constructor", "base class with hook", "inherited forward", "partial class", "generic class", "kept class",
        "class of another project", "primary constructor",
        "tables of settings", "MakeLayer"];

    private bool _hasConvBn;
    private bool _hasLibraryConvBn;

    /// <summary>A new block of random statements.</summary>
    private (string Type, string Code, Shape Out)? NewBlock(Body outer)
    {
        var form = Choices.Pick(outer.InSequential ? Classes[..9] : Classes[..10]);
        if (form == "class of another project" && _beside != _library)
        {
            return ElsewhereBlock(outer);
        }

        return NewBlock(outer, form);
    }

    /// <summary>A block, and all that its code names, in another project.</summary>
    private (string Type, string Code, Shape Out)? ElsewhereBlock(Body outer)
    {
        var (here, hadConvBn) = (_beside, _hasConvBn);
        (_beside, _hasConvBn) = (_library, _hasLibraryConvBn);
        var made = NewBlock(outer, "class of another project");
        (_beside, _hasConvBn, _hasLibraryConvBn) = (here, hadConvBn, _hasConvBn);
        return made;
    }

    private (string Type, string Code, Shape Out)? NewBlock(Body outer, string form)
    {
        var owner = new ModuleClass(Name("Block")) { IsPrimary = form == "primary constructor" };
        var body = new Body(owner, outer.Shape) { KeepsSize = outer.KeepsSize, Depth = outer.Depth + 1, CanReturn = true };

        // Sequential disposes what it gave to a module, so that a block may not return its input itself.
        if (Choices.Next(2) == 0 || !Call(body))
        {
            body.Add("x = F.relu(x);");
        }

        Steps(body, 4);
        _beside.Add(Use(form, Declare(owner, body, form)));
        var given = owner.Ordered.Where(p => !p.IsOptional || Choices.OneIn(2)).Select(p => (p.Name, Value: p.Type == "int" ? p.Given : p.Given)).ToArray();
        var arguments = Choices.OneIn(3) ? given.Reverse().Select(static p => $"{p.Name}: {p.Value}") : given.Select((p, i) => owner.Ordered.ElementAt(i).Name == p.Name ? p.Value
            : $"{p.Name}: {p.Value}");
        var type = form == "generic class" ? $"{owner.Name}<{TypeArgument(owner.Name)}>" : owner.Name;
        return (type, $"new {type}({string.Join(", ", arguments)})", body.Returned ?? body.Shape);
    }

    private static string Forward(string modifiers, Body body, string name = "forward") => $"{modifiers} Tensor {name}(Tensor x)\n{{\n{body}return x;\n}}";

    private static string Sealed(ModuleClass owner) => owner.Members.Any(static m => m.Contains(" virtual ", StringComparison.Ordinal)) ? "" : "sealed ";

    /// <summary>A class that a generic block can be given: of its own, or generic itself.</summary>
    private string TypeArgument(string block)
    {
        _beside.Add($"public sealed class {block}Act() : Module<Tensor, Tensor>(\"act\") {{ public override Tensor forward(Tensor x) => F.relu6(x); }}");
        if (Choices.OneIn(2))
        {
            _beside.Add($"public sealed class {block}Twice<T> : Module<Tensor, Tensor> where T : Module<Tensor, Tensor>, new()\n{{\nprivate readonly T first = new(), second = new();\n"
                + $"public {block}Twice() : base(\"twice\") => RegisterComponents();\npublic override Tensor forward(Tensor x) => second.call(first.call(x));\n}}");
            return $"{block}Twice<{block}Act>";
        }

        return $"{block}Act";
    }

    private string Declare(ModuleClass owner, Body body, string form)
    {
        var (name, members, setup) = (owner.Name, string.Join("\n", owner.Members), string.Join("\n", owner.Setup));
        var parent = "Module<Tensor, Tensor>";
        var forward = Forward("public override", body);
        var constructor = $"public {name}({owner.Declaration}) : base(\"{name}\")\n{{\n{setup}\nRegisterComponents();\n}}";
        switch (form)
        {
            case "primary constructor":
                return $"public {Sealed(owner)}class {name}({owner.Declaration}) : {parent}(\"{name}\")\n{{\n{members}\n{forward}\n}}";
            case "expression constructor" when owner.Setup.Count == 0:
                constructor = $"public {name}({owner.Declaration}) : base(nameof({name})) => RegisterComponents();";
                break;
            case "chained constructor":
                var all = string.Join(", ", owner.Ordered.Select(static p => p.Name).Prepend($"\"{name}\""));
                constructor = $"public {name}({owner.Declaration}) : this({all}) {{ }}\n"
                    + $"private {name}({string.Join(", ", owner.Ordered.Select(static p => $"{p.Type} {p.Name}").Prepend("string title"))}) : base(title)\n{{\n{setup}\nRegisterComponents();\n}}";
                break;
            case "base class with hook":
                parent = $"{name}Base";
                _beside.Add($"public abstract class {parent} : Module<Tensor, Tensor>\n{{\nprotected {parent}(string name) : base(name) {{ }}\n"
                    + $"protected abstract Tensor Body(Tensor x);\nprotected virtual Tensor After(Tensor x) => x;\npublic override Tensor forward(Tensor x) => After(Body(x));\n}}");
                forward = Forward("protected override", body, "Body") + Choices.Pick("", "\nprotected override Tensor After(Tensor x) => F.relu(base.After(x));");
                break;
            case "inherited forward":
                parent = $"{name}Base";
                _beside.Add($"public class {parent} : Module<Tensor, Tensor>\n{{\nprotected {parent}(string name) : base(name) {{ }}\n"
                    + $"protected virtual bool Rectifies => false;\n{Forward("public override", new Body(owner, body.Shape).Add("x = Rectifies ? F.relu(x) : x;"))}\n}}");
                forward = $"protected override bool Rectifies => true;\npublic override Tensor forward(Tensor x)\n{{\nx = base.forward(x);\n{body}return x;\n}}";
                break;
            case "generic class":
                return $"public {Sealed(owner)}class {name}<T> : {parent} where T : Module<Tensor, Tensor>, new()\n{{\nprivate readonly T last = new();\n{members}\n{constructor}\n"
                    + $"{Forward("public override", body.Add("x = last.call(x);"))}\n}}";
            case "kept class":
                _hasUnclaimed = true;
                return $"[KeepAsIs]\npublic {Sealed(owner)}class {name} : {parent}\n{{\n{members}\n{constructor}\n{forward}\n}}";
            case "class of another project":
                return $"[QatBlock]\npublic {Sealed(owner)}partial class {name} : {parent}\n{{\n{members}\n{constructor}\n{forward}\n}}";
            case "partial class":
                return $"public {Sealed(owner)}partial class {name} : {parent}\n{{\n{forward}\n}}\n\npublic partial class {name}\n{{\n{members}\n{constructor}\n}}";
        }

        return $"public {Sealed(owner)}class {name} : {parent}\n{{\n{members}\n{constructor}\n{forward}\n}}";
    }

    /// <summary>A block whose arguments decide its structure.</summary>
    private (string Type, string Code, Shape Out)? NewConvBn(Body body)
    {
        if (!body.Shape.IsMap)
        {
            return null;
        }

        if (!_hasConvBn)
        {
            _hasConvBn = true;
            _beside.Add(ConvBn());
        }

        var output = Choices.Pick(4, 2, 6);
        var (arguments, size) = Choices.Next(3) == 2 && body.Shape.Size >= 2 && !body.KeepsSize ? (", stride: 2", (body.Shape.Size + 1) / 2) : ("", body.Shape.Size);
        arguments += Choices.Pick("", ", act: \"relu6\"", ", act: \"none\"", ", bn: false", ", kernel: 1", ", residual: true");
        return ("ConvBn", $"new ConvBn({body.Shape.Channels}, {output}{arguments})", new(output, size));
    }

    private string ConvBn()
    {
        var activation = Choices.Pick(
            "act switch { \"relu\" => ReLU(), \"relu6\" => ReLU6(), \"none\" => null, _ => throw new ArgumentException($\"no activation {act}\") }",
            "act == \"none\" ? null : act == \"relu\" ? ReLU() : ReLU6()",
            "Acts.FirstOrNone(act)");
        var forward = Choices.Pick(
            "var y = conv.call(x); if (norm != null) { y = norm.call(y); } if (activation is not null) y = activation.call(y); return residual ? x + y : y;",
            "var y = conv.call(x); y = norm?.call(y) ?? y; y = activation?.call(y) ?? y; if (!residual) { return y; } return y + x;",
            "var y = norm is { } n ? n.call(conv.call(x)) : conv.call(x); y = activation is Module<Tensor, Tensor> a ? a.call(y) : y; return residual switch { true => x + y, _ => y };");
        return $$"""
            public static class Acts
            {
                public static Module<Tensor, Tensor>? FirstOrNone(string name)
                {
                    switch (name)
                    {
                        case "relu": return ReLU();
                        case "relu6": return ReLU6();
                        default: return null;
                    }
                }
            }

            public sealed class ConvBn : Module<Tensor, Tensor>
            {
                private readonly Conv2d conv;
                private readonly BatchNorm2d? norm;
                private readonly Module<Tensor, Tensor>? activation;
                private readonly bool residual;

                public ConvBn(int input, int output, int kernel = 3, int stride = 1, bool bn = true, string act = "relu", bool residual = false) : base("ConvBn")
                {
                    if (kernel % 2 == 0)
                    {
                        throw new ArgumentException("an odd kernel is needed", nameof(kernel));
                    }

                    conv = Conv2d(input, output, kernel, stride: stride, padding: (kernel - 1) / 2, bias: !bn);
                    if (bn)
                    {
                        norm = BatchNorm2d(output);
                    }

                    activation = {{activation}};
                    this.residual = residual && stride == 1 && input == output;
                    RegisterComponents();
                }

                public override Tensor forward(Tensor x)
                {
                    {{forward}}
                }
            }
            """;
    }

    /// <summary>Layers that a table describes, made in a loop or by a helper that counts channels in a field.</summary>
    private bool Layers(Body body)
    {
        if (body.IsPlain || body.Owner.IsPrimary || !body.Shape.IsMap)
        {
            return false;
        }

        NewConvBn(body);
        var (name, rows) = (Name("rows"), Enumerable.Range(0, 1 + Choices.Next(3)).Select(_ => (Width: Choices.Pick(4, 2, 6), Act: Choices.Pick("relu", "relu6", "none"))).ToArray());
        var field = Name("m");
        var before = body.Shape.Channels;
        body.Shape = body.Shape with { Channels = rows[^1].Width };
        body.Owner.Members.Add($"private readonly Sequential {field};");
        if (Choices.OneIn(2))
        {
            body.Owner.Members.Add($"private int planes_{field} = {before};\nprivate Sequential Make_{field}(int width, int blocks, string act)\n{{\n"
                + $"var layers = new List<Module<Tensor, Tensor>>();\n"
                + $"for (var i = 0; i < blocks; i++) {{ layers.Add(new ConvBn(planes_{field}, width, act: act, residual: i > 0)); planes_{field} = width; }}\nreturn Sequential(layers);\n}}");
            body.Owner.Setup.Add($"{field} = Sequential({string.Join(", ", rows.Select((r, i) => $"(\"stage{i}\", (Module<Tensor, Tensor>)Make_{field}({r.Width}, {1 + i % 2}, \"{r.Act}\"))"))});");
            return Write(body, Use("MakeLayer", $"x = {field}.call(x);"));
        }

        var (type, items, read) = Choices.Pick(
            ("(int Width, string Act)[]", rows.Select(static r => $"({r.Width}, \"{r.Act}\")"), "foreach (var (width, act) in ROWS)"),
            ("List<(int, string)>", rows.Select(static r => $"({r.Width}, \"{r.Act}\")"), "foreach (var (width, act) in ROWS.ToArray())"),
            ("Row" + name + "[]", rows.Select(static r => $"new({r.Width}, \"{r.Act}\")"), "foreach (var (width, act) in ROWS.Select(r => (r.Width, r.Act)))"));
        if (type[0] == 'R')
        {
            _beside.Add($"public sealed record Row{name}(int Width, string Act = \"relu\");");
        }

        var all = string.Join(", ", items);
        body.Owner.Members.Add($"private static readonly {type} {name} = {(type[0] == 'L' ? $"new() {{ {all} }}" : $"{{ {all} }}")};");
        body.Owner.Setup.Add($"var layers{field} = new List<(string, Module<Tensor, Tensor>)>();\nvar input{field} = {before};\n"
            + $"{read.Replace("ROWS", name, StringComparison.Ordinal)}\n{{\nlayers{field}.Add(($\"conv{{layers{field}.Count}}\", new ConvBn(input{field}, width, act: act)));\n"
            + $"input{field} = width;\n}}\n{field} = Sequential(layers{field});");
        return Write(body, Use("tables of settings", $"x = {field}.call(x);"));
    }
}
