using System.Reflection;
using static TorchSharp.torch;

namespace QatGen.Torch.Improvement;

/// <summary>Where attributes stand in the source of a float model: found in the fields of its modules.</summary>
internal static class SourceAttributes
{
    public static string Of(Promotion promotion, nn.Module floatModel)
    {
        var modules = floatModel.named_modules().ToDictionary(static m => m.name, static m => m.module);
        modules[""] = floatModel;
        return string.Join("\n", promotion.Operators.Where(static o => o.IsPromoted).GroupBy(static o => o.Selector).Select(o => Line(o.First(), o.Any(static p => p.Type != SensitivityType.Weight), o.Any(static p => p.Type == SensitivityType.Weight), modules)));
    }

    private static string Line(PromotedOperator promoted, bool isWide, bool hasWeights, Dictionary<string, nn.Module> modules)
    {
        const string Type = "DType = DType.QInt16";
        var bits = $"Bits = {PromotedOperator.WeightBits}";
        var attribute = $"[Quantize({(isWide ? Type : "")}{(isWide && hasWeights ? ", " : "")}{(hasWeights ? "Weight" + bits : "")})]";
        if (promoted.Operator == SensitivityAnalysis.InputOperator)
        {
            return $"{attribute}  // on the parameter '{promoted.Layer}' of {modules[""].GetType().Name}.forward";
        }

        foreach (var path in promoted.Modules)
        {
            if (Owner(path, modules) is var (owner, field))
            {
                var others = modules.Where(m => m.Value.GetType() == owner.GetType() && !ReferenceEquals(m.Value, owner)).Select(m => Join(m.Key, path[(path.LastIndexOf('.') + 1)..])).ToArray();
                return $"{attribute}  // on the field '{field.Name}' of {field.DeclaringType!.Name}: {path}{(others.Length == 0 ? "" : $"; also {string.Join(", ", others)}")}";
            }
        }

        var selector = $"Selector.Path(\"{promoted.Layer}\")";
        var rule = hasWeights ? $"new({selector}) {{ {(isWide ? $"Activation = new() {{ {Type} }}, " : "")}Weight = new() {{ {bits} }} }}" : $"{selector}.To(DType.QInt16)";
        return $"{rule},  // a rule of QConfig: it has no field of its own";
    }

    /// <summary>The module that holds the module of a path in a field, and the field.</summary>
    private static (nn.Module Owner, FieldInfo Field)? Owner(string path, Dictionary<string, nn.Module> modules)
    {
        var dot = path.LastIndexOf('.');
        if (!modules.TryGetValue(path, out var module) || !modules.TryGetValue(dot < 0 ? "" : path[..dot], out var owner))
        {
            return null;
        }

        for (var type = owner.GetType(); type is not null && type != typeof(nn.Module); type = type.BaseType)
        {
            if (type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly).FirstOrDefault(f => ReferenceEquals(f.GetValue(owner), module)) is { } field)
            {
                return (owner, field);
            }
        }

        return null;
    }

    private static string Join(string parent, string child) => parent.Length == 0 ? child : $"{parent}.{child}";
}
