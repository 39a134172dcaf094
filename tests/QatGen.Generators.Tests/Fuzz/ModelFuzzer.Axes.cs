namespace QatGen.Generators.Tests.Fuzz;

/// <summary>What takes tensors apart by position and size, turns their axes, moves parameters, and gives positions and whole numbers.</summary>
internal sealed partial class ModelFuzzer
{
    private static readonly Construct[] Axes =
    [
        new("whole numbers", static (f, b) => Write(b, f.Choices.Pick("x = x.round();", "x = x.floor();", "x = torch.ceil(x);", "x = x.trunc() + x;"))),
        new("indexer of ranges", static (f, b) => b.Shape.Channels > 1 && Write(b, f.Choices.Pick("x = torch.cat([x[.., 1..], x[.., ..1]], 1);", "x = torch.cat([x[.., ^1..], x[.., ..^1]], dim: 1);",
            "x = torch.cat(new[] { x[TensorIndex.Colon, TensorIndex.Slice(1)], x[TensorIndex.Colon, TensorIndex.Slice(0, 1)] }, 1);"))),
        new("indexer of elements", static (f, b) => b.Shape.Channels > 1 && !b.IsPlain && Resize(b, b.Shape with { Channels = 2 }, f.Choices.Pick("x = torch.stack([x[.., 0], x[.., ^1]], 1);",
            "x = torch.stack(new[] { x[.., 1], x[.., 0] }, dim: 1);", "x = torch.cat([x[.., 0].unsqueeze(1), x[.., 1, TensorIndex.Ellipsis].unsqueeze(1)], 1);"))),
        new("indexer of the last axis", static (f, b) => (b.Shape.IsMap ? b.Shape.Size : b.Shape.Channels) > 1 && Write(b, f.Choices.Pick("x = torch.cat([x[TensorIndex.Ellipsis, 1..], x[TensorIndex.Ellipsis, ..1]], -1);",
            "x = x + x[TensorIndex.Ellipsis, ^1].unsqueeze(-1);", "x = x + x[TensorIndex.Ellipsis, 0, TensorIndex.None];"))),
        new("indexer with a new axis", static (f, b) => Write(b, f.Choices.Pick("x = x[TensorIndex.Ellipsis, TensorIndex.None].squeeze(-1);", "x = x[.., TensorIndex.None].squeeze(1);", "x = x[.., TensorIndex.None, ..][.., 0];"))),
        new("half of the size", static (f, b) => b.Shape is { IsMap: true, Size: >= 2 } && !b.KeepsSize && !b.IsPlain && f.Measures(b, b.Shape with { Size = b.Shape.Size / 2 }, f.Choices.Pick(
            "x = x.narrow(2, 0, x.shape[2] / 2).narrow(3, 0, x.shape[3] / 2).contiguous();", "x = x[.., .., ..(int)(x.shape[2] / 2), ..(int)(x.shape[3] / 2)].contiguous();", "{ var (h, w) = (x.shape[2], x.size(3)); x = x.slice(2, h - (h / 2), h, 1).slice(3, 0, w >> 1, 1).contiguous(); }"))),
        new("channel shuffle", static (f, b) => b.Shape.IsMap && b.Shape.Channels % 2 == 0 && f.Measures(b, b.Shape, f.Choices.Pick(
            "{ var (n, c, h, w) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3]); x = x.view(n, 2, c / 2, h, w).transpose(1, 2).reshape(n, c, h, w); }",
            "x = x.view(x.shape[0], x.shape[1] / 2, 2, x.shape[2], -1).permute(0, 2, 1, 3, 4).reshape(x.shape[0], -1, x.shape[2], x.shape[3]);"))),
        new("batch at another axis", static (f, b) => Write(b, b.Shape.IsMap
            ? f.Choices.Pick("x = x.transpose(0, 1).relu().transpose(0, 1);", "x = F.relu(x.permute(1, 2, 0, 3)).permute(2, 0, 1, 3);", "x = x.transpose(0, 1); x = torch.cat([x, x.relu6()], 0).transpose(1, 0).narrow(1, 0, x.shape[0]).contiguous();")
            : f.Choices.Pick("x = x.t().relu().t();", "x = F.relu6(torch.transpose(x, 0, 1)).transpose(1, 0);"))),
        new("moved parameter", static (f, b) => f.MovedParameter(b)),
        new("position", static (f, b) => Write(b, f.Choices.Pick("x = x + x.argmax(1, keepdim: true);", "{ var (values, _) = x.topk(1, 1); x = x + values; }", "x = x + torch.topk(x, 1, dim: 1, largest: false).indices;"))),
    ];

    /// <summary>A statement that computes with sizes, which only [InputShape] gives: without it the call is kept as it is written.</summary>
    private bool Measures(Body body, Shape shape, string statement)
    {
        _hasUnclaimed = true;
        return Resize(body, shape, statement);
    }

    /// <summary>A parameter that movements bring to the shape of x, or to that of some channels more.</summary>
    private bool MovedParameter(Body body)
    {
        if (body.IsPlain || body.IsStatic || body.InSequential || body.Shape.Channels > 8)
        {
            return false;
        }

        var (name, c, isMap) = (Name("p"), body.Shape.Channels, body.Shape.IsMap);
        body.Owner.Members.Add($"private readonly Parameter {name} = Parameter(torch.randn({c}{(isMap ? ", 1, 1" : "")}));");
        if (Choices.Next(2) == 0)
        {
            return Write(body, isMap ? Choices.Pick($"x = x + {name}.view(1, {c}, 1, 1);", $"x = x + {name}.permute(1, 0, 2).transpose(0, 1);", $"x = x + {name}.unsqueeze(0).expand(x.shape[0], -1, -1, -1);")
                : Choices.Pick($"x = x + {name}.unsqueeze(0);", $"x = x + {name}.view(1, -1);", $"x = x + {name}.expand(x.shape[0], {c});"));
        }

        var whole = isMap ? $"{name}.expand(x.shape[0], -1, {body.Shape.Size}, {body.Shape.Size})" : $"{name}.expand(x.shape[0], -1)";
        body.Shape = body.Shape with { Channels = 2 * c };
        return Write(body, Choices.Pick($"x = torch.cat([{whole}, x], 1);", $"{{ var {name}_all = {whole}; x = torch.cat(new[] {{ x, {name}_all }}, 1); }}"));
    }
}
