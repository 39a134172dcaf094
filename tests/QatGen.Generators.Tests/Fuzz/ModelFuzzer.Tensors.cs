namespace QatGen.Generators.Tests.Fuzz;

/// <summary>Calls on tensors alone, which need no object.</summary>
internal sealed partial class ModelFuzzer
{
    private static readonly Construct[] Tensors =
    [
        new("F.relu", static (_, b) => Write(b, "x = F.relu(x);")),
        new("tensor method", static (f, b) => Write(b, f.Choices.Pick("x = x.relu();", "x = x.relu6();"))),
        new("F.relu6", static (f, b) => Write(b, f.Choices.Pick("x = F.relu6(x);", "x = F.relu6(inplace: false, x: x);"))),
        new("x + x", static (f, b) => Write(b, f.Choices.Pick("x = x + x;", "x += x;", "x = torch.add(x, x);", "x = x.add(x);", "x = torch.add(right: F.relu(x), left: x);"))),
        new("earlier tensor", static (f, b) => f.AddEarlier(b)),
        new("in-place form", static (f, b) => f.InPlace(b)),
        new("F.dropout", static (f, b) => Write(b, b.IsStatic ? "x = F.dropout(x, 0.25, false);" : f.Choices.Pick("x = F.dropout(x, 0.25, training);",
            "x = F.dropout(x, training: this.training, p: 0.5);"))),
        new("pool of the same size", static (f, b) => b.Shape.IsMap && Write(b, f.Choices.Pick("x = F.max_pool2d(x, 3, stride: 1, padding: 1);", "x = F.avg_pool2d(x, 3, stride: 1, padding: 1);"))),
        new("smaller pool", static (f, b) => b.Shape is { IsMap: true, Size: >= 2 } && !b.KeepsSize && !b.IsPlain && Resize(b, b.Shape with { Size = b.Shape.Size / 2 },
            f.Choices.Pick("x = F.max_pool2d(x, 2);", "x = F.avg_pool2d(x, 2);"))),
        new("cat with itself", static (f, b) => b.Shape is { Channels: <= 8 } && !b.IsPlain
            && Resize(b, b.Shape with { Channels = b.Shape.Channels * 2 }, f.Choices.Pick("x = torch.cat(new[] { x, F.relu(x) }, 1);", "x = torch.cat([x, x.relu6()], dim: 1);",
                "x = torch.concat(new List<Tensor> { F.relu(x), x }, 1);"))),
        new("global pool", static (f, b) => b.Shape.IsMap && !b.KeepsSize && !b.IsPlain && Resize(b, new(b.Shape.Channels, 1), f.Choices.Pick("x = F.adaptive_avg_pool2d(x, 1);",
            "x = F.adaptive_avg_pool2d(x, (1, 1));"))),
        new("flatten and view", static (f, b) => b.Shape.IsMap && !b.KeepsSize && !b.IsPlain && b.Shape.Channels * b.Shape.Size * b.Shape.Size <= 64
            && Resize(b, new(b.Shape.Channels * b.Shape.Size * b.Shape.Size, 0), f.Choices.Pick("x = x.flatten(1);", "x = torch.flatten(x, 1);", "x = x.view(x.shape[0], -1);",
                "x = x.reshape(x.size(0), -1);", $"x = x.reshape(-1, {b.Shape.Channels * b.Shape.Size * b.Shape.Size});", "{ var n = x.size()[0]; x = x.view(n, -1); }"))),
        new("halves", static (f, b) => b.Shape.Channels > 1
            && Write(b, f.Choices.Pick("{ var halves = x.chunk(2, 1); x = torch.cat([halves[1], halves[^2]], 1); }", "x = torch.cat(x.tensor_split(2, 1).Reverse().ToArray(), 1);"))),
        new("shape check", static (f, b) => Write(b, f.Choices.Pick("if (x.dim() < 2) { throw new ArgumentException(nameof(x)); }",
            "if (x.shape[0] == 0 || x.size(0) < 0) throw new InvalidOperationException($\"batch of {x.shape[0]}\");"))),
        new("call without operator", static (f, b) => f.Unclaimed(b)),
    ];

    private static bool Write(Body body, string statement)
    {
        body.Add(statement);
        return true;
    }

    private bool Unclaimed(Body body)
    {
        _hasUnclaimed = true;
        return Write(body, Choices.Pick("x = F.gelu(x);", "x = x.tanh();", "x = x * 0.5f;", "x = 1 - x;", "x = -x;", "x = x.clamp(-1, max: 0.5);", "x = x.softmax(1);", "x = x.cumsum(1);", "x = x / x.shape[1];",
            "x = x * x.mean(new long[] { 1 }, keepdim: true);", "x = x - x.max(1, keepdim: true).values;", "{ var parts = x.split(new long[] { 1, x.shape[1] - 1 }, 1); x = torch.cat([parts[1], parts[^2]], 1); }",
            "x = torch.where(x > 0, x, x * 0.1f);", "{ var (sorted, _) = torch.sort(x, 1); x = sorted; }", "x = x.narrow(1, 0, x.shape[1]) + torch.ones_like(x);", "x = x.mul(2).add_(1);"));
    }

    private static bool Resize(Body body, Shape shape, string statement)
    {
        body.Shape = shape;
        return Write(body, statement);
    }

    private bool AddEarlier(Body body)
    {
        var fitting = body.Kept.Where(k => k.Shape == body.Shape).Select(static k => k.Name).ToArray();
        if (fitting.Length == 0)
        {
            return false;
        }

        var other = Choices.Pick(fitting);
        return Write(body, Choices.Pick($"x = x + {other};", $"x = {other} + x;", $"x += {other};", $"({other}, x) = (x, {other});", $"x = F.relu({other}).add(x);", $"x = {other};"));
    }

    /// <summary>It may overwrite a value that is read later: then QG1009 is right, but never another result.</summary>
    private bool InPlace(Body body)
    {
        _mayRefuse.Add(CaptureRules.InPlace.Id);
        return Write(body, Choices.Pick("x = F.relu(x, inplace: true);", "x = x.relu_();", "x.relu_();", "F.relu6(x, true);", "_ = F.relu(x, true);"));
    }
}
