namespace QatGen.Generators.Tests.Fuzz;

/// <summary>Statements: calls of modules, residuals, branches of the network, and C#'s control flow where settings decide it.</summary>
internal sealed partial class ModelFuzzer
{
    private static readonly Construct[] Statements =
    [
        new("call", static (f, b) => f.Call(b)),
        new("shared activation", static (f, b) => f.Shared(b)),
        new("residual", static (f, b) => f.Residual(b)),
        new("kept tensor", static (f, b) => f.KeepTensor(b)),
        new("branches joined by cat", static (f, b) => f.Branches(b)),
        new("tensor list", static (f, b) => f.TensorList(b)),
        new("ModuleList", static (f, b) => f.OverModules(b)),
        new("dictionary of modules", static (f, b) => f.OverDictionary(b)),
        new("layers by settings", static (f, b) => f.Layers(b)),
    ];

    private static readonly Construct[] Flow =
    [
        new("if and else", static (f, b) => f.If(b)),
        new("conditional expression", static (f, b) => f.Either(b, static (c, yes, no) => $"x = {c} ? {yes} : {no};")),
        new("switch", static (f, b) => f.Either(b, static (c, yes, no) => $"switch ({c}) {{ case true: x = {yes}; break; default: x = {no}; break; }}")),
        new("switch expression", static (f, b) => f.Either(b, static (c, yes, no) => $"x = ({c}) switch {{ true => {yes}, false => {no} }};")),
        new("switch with guards", static (f, b) => f.Either(b, static (c, yes, no) =>
            $"switch (Math.Abs(-3)) {{ case > 2 when {c}: x = {yes}; break; case 1: throw new NotSupportedException(); default: x = {no}; break; }}")),
        new("early return", static (f, b) => f.EarlyReturn(b)),
        new("for", static (f, b) => f.Loop(b, static (n, body) => $"for (var {n} = 0; {n} < 2; {n}++)\n{{\n{body}}}")),
        new("foreach", static (f, b) => f.Loop(b, static (n, body) => $"foreach (var {n} in new[] {{ 0, 1 }})\n{{\n{body}}}")),
        new("while", static (f, b) => f.Loop(b, static (n, body) => $"var {n} = 2;\nwhile ({n}-- > 0)\n{{\n{body}}}")),
        new("do", static (f, b) => f.Loop(b, static (n, body) => $"var {n} = 0;\ndo\n{{\n{body}}}\nwhile (++{n} < 2);")),
        new("break and continue", static (f, b) => f.Loop(b, static (n, body) => $"for (var {n} = 0; ; {n} += 1)\n{{\nif ({n} == 0) continue;\nif ({n} > 2) break;\n{body}}}")),
        new("using scope", static (f, b) => f.Using(b)),
        new("try and finally", static (f, b) => f.Wrap(b, static body => $"try\n{{\n{body}}}\nfinally\n{{\nx = F.relu(x);\n}}")),
        new("block", static (f, b) => f.Wrap(b, static body => $"{{\n{body}}}")),
    ];

    private bool Call(Body body)
    {
        if (body.IsPlain)
        {
            return false;
        }

        var (type, code, shape) = Make(body);
        var module = Keep(body.Owner, type, code);
        var name = Name("t");
        body.Shape = shape;
        return Write(body, Choices.Pick($"x = {module}.call(x);", $"x = {module}.forward(x);", $"var {name} = {module}.call(x); x = {name};", $"x = {module}.call(input: x);".Replace("input: ", "",
            StringComparison.Ordinal)));
    }

    /// <summary>An activation without parameters may serve several calls.</summary>
    private bool Shared(Body body)
    {
        if (body.IsStatic)
        {
            return false;
        }

        const string name = "act";
        var field = $"private readonly ReLU {name} = ReLU();";
        if (!body.Owner.Members.Contains(field))
        {
            body.Owner.Members.Add(field);
        }

        return Write(body, Choices.Pick($"x = {name}.call(x);", $"x = {name}.call({name}.call(x));"));
    }

    private bool Residual(Body body)
    {
        if (body.IsPlain)
        {
            return false;
        }

        var (name, before) = (Name("r"), body.Shape);
        body.Add($"var {name} = x;");
        var inner = Fit(Steps(body.Inner(keepsSize: true)), before.Channels);
        body.Add($"{{\n{inner}}}");
        return Write(body, Choices.Pick($"x = x + {name};", $"x += {name};", $"x = torch.add({name}, x);", $"x = {name}.add(x);", $"x = F.relu({name} + x);"));
    }

    private bool KeepTensor(Body body)
    {
        var name = Name("k");
        body.Kept.Add((name, body.Shape));
        return Write(body, $"{Choices.Pick("var", "Tensor")} {name} = {Choices.Pick("x", "F.relu(x)", "x + x")};");
    }

    private bool Branches(Body body)
    {
        if (body.IsPlain || body.Shape.Channels > 8)
        {
            return false;
        }

        var (start, parts, channels) = (Name("b"), new List<string>(), 0);
        body.Add($"var {start} = x;");
        do
        {
            var (inner, name) = (Steps(body.Inner(keepsSize: true), 2), Name("p"));
            body.Add($"Tensor {name};\n{{\nx = {start};\n{inner}{name} = x;\n}}");
            parts.Add(name);
            channels += inner.Shape.Channels;
        }
        while (parts.Count < 3 && Choices.Next(2) != 0);
        body.Shape = body.Shape with { Channels = channels };
        var all = string.Join(", ", parts);
        return Write(body, Choices.Pick($"x = torch.cat(new[] {{ {all} }}, 1);", $"x = torch.cat([{all}], dim: 1);", $"x = torch.cat(new List<Tensor> {{ {all} }}, 1);",
            $"var {start}_all = new Tensor[] {{ {all} }}; x = torch.cat({start}_all, 1);"));
    }

    /// <summary>Tensors gathered in a list, as dense blocks do.</summary>
    private bool TensorList(Body body)
    {
        if (body.IsPlain || body.Shape.Channels > 4)
        {
            return false;
        }

        var list = Name("l");
        body.Shape = body.Shape with { Channels = body.Shape.Channels * 3 };
        return Write(body, $"var {list} = new List<Tensor> {{ x }};\n" + Choices.Pick(
            $"for (var i = 0; i < 2; i++) {{ {list}.Add(F.relu({list}[i])); }}",
            $"{list}.AddRange(new[] {{ F.relu(x), x }});",
            $"{list}.Insert(0, F.relu6(x)); {list}.Insert(1, {list}[0]); {list}.Add(x); {list}.RemoveAt(1);",
            $"foreach (var f in new Func<Tensor, Tensor>[] {{ F_relu, t => t + t }}) {{ {list}.Add(f({list}[^1])); }} static Tensor F_relu(Tensor t) => F.relu(t);".Replace("F_relu", "Act" + list,
                StringComparison.Ordinal))
            + $"\nx = torch.cat({list}{Choices.Pick("", ".ToArray()")}, 1);");
    }

    private bool OverModules(Body body)
    {
        if (body.IsPlain || body.Owner.IsPrimary)
        {
            return false;
        }

        var (inner, made) = (body.Inner(), new List<string>());
        do
        {
            var (_, code, shape) = Make(inner);
            made.Add(code);
            inner.Shape = shape;
        }
        while (made.Count < 3 && Choices.Next(2) != 0);
        body.Shape = inner.Shape;
        var list = Member(body.Owner, n => $"private readonly ModuleList<Module<Tensor, Tensor>> {n} = new();", n => string.Join("\n", made.Select(m => $"{n}.{Choices.Pick("Add", "append")}({m});")));
        return Write(body, Choices.Pick(
            $"foreach (var layer in {list}) {{ x = layer.call(x); }}",
            $"for (var i = 0; i < {list}.Count; i++) {{ x = {list}[i].call(x); }}",
            $"x = {list}.Aggregate(x, (t, layer) => layer.call(t));",
            $"foreach (var i in Enumerable.Range(0, {list}.Count)) {{ x = {list}[i].call(x); }}",
            $"foreach (var (layer, i) in {list}.Select((layer, i) => (layer, i))) {{ x = i >= 0 ? layer.call(x) : x; }}",
            $"{{ var i = 0; while (i < {list}.Count) {{ x = {list}[i++].call(x); }} }}"));
    }

    private bool OverDictionary(Body body)
    {
        if (body.IsPlain || body.Owner.IsPrimary)
        {
            return false;
        }

        var (inner, made) = (body.Inner(), new List<string>());
        do
        {
            var (_, code, shape) = Make(inner);
            made.Add(code);
            inner.Shape = shape;
        }
        while (made.Count < 3 && Choices.Next(2) != 0);
        body.Shape = inner.Shape;
        if (Choices.Next(2) == 0)
        {
            var all = Member(body.Owner, n => $"private readonly ModuleDict<Module<Tensor, Tensor>> {n} = new();",
                n => string.Concat(made.Select((m, i) => $"{n}.Add((\"k{i}\", {m}));\n")));
            return Write(body, Choices.Pick($"foreach (var layer in {all}.Values) {{ x = layer.call(x); }}", $"foreach (var (_, layer) in {all}) {{ x = layer.call(x); }}",
                $"foreach (var key in {all}.Keys) {{ x = {all}.TryGetValue(key, out var layer) ? layer.call(x) : x; }}", $"for (var i = 0; i < {all}.Count; i++) {{ x = {all}[$\"k{{i}}\"].call(x); }}"));
        }

        var list = Member(body.Owner, n => $"private readonly Dictionary<string, Module<Tensor, Tensor>> {n} = new();",
            n => string.Concat(made.Select((m, i) => $"{n}[\"k{i}\"] = {m};\n")) + $"foreach (var (key, layer) in {n}) {{ register_module($\"{n}_{{key}}\", layer); }}");
        return Write(body, Choices.Pick(
            $"foreach (var layer in {list}.Values) {{ x = layer.call(x); }}",
            $"foreach (var (key, layer) in {list}) {{ x = key.Length == 2 ? layer.call(x) : F.relu(x); }}",
            $"foreach (var key in {list}.Keys.ToList()) {{ if ({list}.TryGetValue(key, out var layer)) {{ x = layer.call(x); }} }}",
            $"foreach (var entry in {list}.Where(p => p.Key != \"none\").OrderBy(p => p.Key, StringComparer.Ordinal)) {{ x = entry.Value.call(x); }}",
            $"for (var i = 0; {list}.ContainsKey($\"k{{i}}\"); i++) {{ x = {list}[$\"k{{i}}\"].call(x); }}"));
    }

    private bool If(Body body)
    {
        var (condition, holds) = Condition(body.Owner, body.IsStatic);
        var (yes, no) = (Steps(body.Inner()), Steps(body.Inner()));
        body.Shape = (holds ? yes : no).Shape;
        return Write(body, $"if ({condition})\n{{\n{yes}}}\nelse\n{{\n{no}}}");
    }

    /// <summary>One of two expressions on x.</summary>
    private bool Either(Body body, Func<string, string, string, string> write)
    {
        var (condition, holds) = Condition(body.Owner, body.IsStatic);
        var (left, right) = (Expression(body), Expression(body));
        body.Shape = (holds ? left : right).Out;
        return Write(body, write(condition, left.Code, right.Code));
    }

    private (string Code, Shape Out) Expression(Body body)
    {
        if (body.IsPlain || Choices.OneIn(2))
        {
            return (Choices.Pick("F.relu(x)", "x", "x.relu6()", "x + x"), body.Shape);
        }

        var (type, code, shape) = Make(body);
        return ($"{Keep(body.Owner, type, code)}.call(x)", shape);
    }

    private bool EarlyReturn(Body body)
    {
        if (!body.CanReturn)
        {
            return false;
        }

        var (condition, holds) = Condition(body.Owner, body.IsStatic);
        body.Returned ??= holds ? body.Shape : null;
        return Write(body, $"if ({condition})\n{{\nreturn {Choices.Pick("x", "F.relu(x)")};\n}}");
    }

    private bool Loop(Body body, Func<string, string, string> write)
    {
        var inner = body.Inner(isPlain: true);
        Steps(inner, 2);
        return Write(body, write(Name("i"), inner.Add("x = F.relu(x);").ToString()));
    }

    private bool Wrap(Body body, Func<string, string> write)
    {
        var inner = Steps(body.Inner());
        body.Shape = inner.Shape;
        return Write(body, write(inner.ToString()));
    }

    private bool Using(Body body)
    {
        var scope = Name("scope");
        return Wrap(body, inner => $"using (var {scope} = NewDisposeScope())\n{{\n{inner}x = {Choices.Pick("x.MoveToOuterDisposeScope()", $"{scope}.MoveToOuter(x)")};\n}}");
    }
}
