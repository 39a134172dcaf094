namespace QatGen.Generators.Tests.Fuzz;

/// <summary>Calls of own code: methods, local functions and delegates in their forms.</summary>
internal sealed partial class ModelFuzzer
{
    private static readonly Construct[] Calls =
    [
        new("helper method", static (f, b) => f.Method(b, static (n, body) => ($"private Tensor {n}(Tensor x)\n{{\n{body}return x;\n}}", $"x = {n}(x);"))),
        new("static helper", static (f, b) => f.Method(b, static (n, body) => ($"private static Tensor {n}(Tensor x)\n{{\n{body}return x;\n}}", $"x = {n}(x);"), isStatic: true)),
        new("helper with named and optional arguments", static (f, b) => f.Method(b, static (n, body) =>
            ($"private Tensor {n}(Tensor x, bool twice = false, int times = 1)\n{{\n{body}return twice && times == 2 ? F.relu(x) : x;\n}}", $"x = {n}(times: 2, x: x);"))),
        new("out parameter", static (f, b) => f.Method(b, static (n, body) => ($"private bool {n}(Tensor x, out Tensor y)\n{{\n{body}y = x;\nreturn true;\n}}", $"{n}(x, out var {n}_y); x = {n}_y;"))),
        new("ref parameter", static (f, b) => f.Method(b, static (n, body) => ($"private void {n}(ref Tensor y)\n{{\nvar x = y;\n{body}y = x;\n}}", $"{n}(ref x);"))),
        new("tuple result", static (f, b) => f.Method(b, static (n, body) => ($"private (Tensor Before, Tensor After) {n}(Tensor x)\n{{\nvar before = x;\n{body}return (before, x);\n}}",
            $"var ({n}_a, {n}_b) = {n}(x); x = {n}_b;"))),
        new("params parameter", static (f, b) => f.Method(b, static (n, body) =>
            ($"private static Tensor {n}(params Tensor[] all)\n{{\nvar x = all[0];\n{body}for (var i = 1; i < all.Length; i++) {{ x = x + all[i]; }}\nreturn x;\n}}", $"x = {n}(x, F.relu(x));"),
            isStatic: true, keepsShape: true)),
        new("recursion", static (f, b) => f.Method(b, static (n, body) => ($"private Tensor {n}(Tensor x, int depth)\n{{\nif (depth == 0) return x;\n{body}return {n}(x, depth - 1);\n}}",
            $"x = {n}(x, 2);"), isPlain: true)),
        new("virtual method", static (f, b) => f.Method(b, static (n, body) => ($"protected virtual Tensor {n}(Tensor x)\n{{\n{body}return x;\n}}", $"x = this.{n}(x);"))),
        new("extension method", static (f, b) => f.Extension(b)),
        new("expression-bodied method", static (f, b) => f.ExpressionMethod(b)),
        new("local function", static (f, b) => f.Local(b, static (n, body) => $"Tensor {n}(Tensor y)\n{{\nvar x = y;\n{body}return x;\n}}\nx = {n}(x);")),
        new("local function declared later", static (f, b) => f.Local(b, static (n, body) => $"x = {n}(x);\nTensor {n}(Tensor y)\n{{\nvar x = y;\n{body}return x;\n}}")),
        new("lambda", static (f, b) => f.Local(b, static (n, body) => $"Func<Tensor, Tensor> {n} = y =>\n{{\nvar x = y;\n{body}return x;\n}};\nx = {n}(x);")),
        new("lambda that captures", static (f, b) => f.Local(b, static (n, body) => $"var {n} = 0;\nAction {n}_run = () =>\n{{\n{n}++;\n{body}}};\n{n}_run();\nif ({n} == 1) {{ x = F.relu(x); }}")),
        new("method group", static (f, b) => f.MethodGroup(b)),
        new("generic method", static (f, b) => f.GenericMethod(b)),
        new("generic local function", static (f, b) => f.Local(b, static (n, body) => $"T {n}<T>(T y) where T : Tensor\n{{\nTensor x = y;\n{body}return (T)x;\n}}\nx = {n}(x);")),
        new("generic helper", static (f, b) => f.Method(b, static (n, body) =>
            ($"private (Tensor, T) {n}<T>(Tensor x, T unused, Func<T, bool> test)\n{{\n{body}return (test(unused) ? F.relu(x) : x, unused);\n}}", $"(x, var {n}_v) = {n}(x, 3, v => v == 3);"))),
        new("method kept as it is", static (f, b) => f.KeptMethod(b)),
    ];

    private bool Method(Body body, Func<string, string, (string Member, string Call)> write, bool isStatic = false, bool isPlain = false, bool keepsShape = false)
    {
        if (body.IsPlain || (body.IsStatic && !isStatic))
        {
            return false;
        }

        var inner = new Body(body.Owner, body.Shape) { KeepsSize = body.KeepsSize, IsPlain = isStatic || isPlain || keepsShape, IsStatic = isStatic, Depth = body.Depth + 1 };
        Steps(inner);
        var (member, call) = write(Name("Help"), inner.ToString());
        body.Owner.Members.Add(member);
        body.Shape = inner.Shape;
        return Write(body, call);
    }

    private bool Extension(Body body)
    {
        var inner = Steps(new(body.Owner, body.Shape) { IsPlain = true, IsStatic = true, Depth = Deepest }, 2);
        var name = Name("Extend");
        _beside.Add($"public static class {name}s\n{{\npublic static Tensor {name}(this Tensor x, bool clip = false)\n{{\n{inner}return clip ? F.relu6(x) : x;\n}}\n}}");
        return Write(body, Choices.Pick($"x = x.{name}();", $"x = x.{name}(clip: true);", $"x = {name}s.{name}(x, true);"));
    }

    private bool ExpressionMethod(Body body)
    {
        if (body.IsPlain)
        {
            return false;
        }

        var (code, shape) = Expression(body);
        var name = Name("Short");
        body.Owner.Members.Add($"private Tensor {name}(Tensor x) => {code};");
        body.Shape = shape;
        return Write(body, $"x = {name}(x);");
    }

    private bool Local(Body body, Func<string, string, string> write)
    {
        var inner = Steps(body.Inner());
        body.Shape = inner.Shape;
        return Write(body, write(Name("local"), inner.ToString()));
    }

    /// <summary>A method over the type of a module.</summary>
    private bool GenericMethod(Body body)
    {
        if (body.IsPlain)
        {
            return false;
        }

        var (type, code, shape) = Make(body);
        var (module, name) = (Keep(body.Owner, type, code), Name("Apply"));
        body.Owner.Members.Add(Choices.Pick(
            $"private static Tensor {name}<T>(T layer, Tensor x) where T : Module<Tensor, Tensor> => layer.call(x);",
            $"private Tensor {name}<T>(T? layer, Tensor x) where T : Module<Tensor, Tensor>\n{{\nif (layer is null) return x;\nreturn layer.call(x);\n}}",
            $"private static TResult {name}<T, TResult>(T layer, TResult x) where T : Module<TResult, TResult> => layer.call(x);"));
        body.Shape = shape;
        return Write(body, $"x = {name}({module}, x);");
    }

    /// <summary>A method that stays one call: what it does is not looked at.</summary>
    private bool KeptMethod(Body body)
    {
        if (body.IsPlain)
        {
            return false;
        }

        _hasUnclaimed = true;
        var name = Name("Own");
        body.Owner.Members.Add(Choices.Pick(
            $"[KeepAsIs] public static Tensor {name}(Tensor x, double k = 2) => x.sum().item<float>() > 0 ? x * k : x;",
            $"[KeepAsIs] public Tensor {name}(Tensor x, double k = 2)\n{{\nvar all = new SortedDictionary<int, Tensor> {{ [1] = x }};\nreturn training ? all[1] * k : all[1];\n}}"));
        return Write(body, Choices.Pick($"x = {name}(x);", $"x = {name}(k: 0.5, x: x);"));
    }

    private bool MethodGroup(Body body)
    {
        if (body.IsPlain)
        {
            return false;
        }

        var (type, code, shape) = Make(body);
        var (module, name) = (Keep(body.Owner, type, code), Name("g"));
        body.Shape = shape;
        return Write(body, Choices.Pick($"Func<Tensor, Tensor> {name} = {module}.call; x = {name}(x);", $"Func<Tensor, Tensor> {name} = t => {module}.call(t); x = {name}.Invoke(x);"));
    }
}
