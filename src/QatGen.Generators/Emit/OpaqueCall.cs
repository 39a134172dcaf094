using Microsoft.CodeAnalysis.CSharp;
using QatGen.Generators.Capture;
using QatGen.Graphs;

namespace QatGen.Generators.Emit;

/// <summary>Prints calls that no operator claims as they were written, where <c>model</c> is the model and <c>modules</c> its modules by path.</summary>
internal static class OpaqueCall
{
    /// <summary>The call of a node as C#, for the given expressions of its inputs.</summary>
    public static string ToCode(Node node, string[] inputs)
    {
        var name = SyntaxFacts.GetKeywordKind(node.Form.Name) == SyntaxKind.None ? node.Form.Name : "@" + node.Form.Name;
        string Input(int i) => inputs[i];
        var arguments = node.Attributes.ToCode(Input);
        return node.Form.Kind switch
        {
            FormKind.Module => $"(({(name.StartsWith("global::", StringComparison.Ordinal) ? name : "global::TorchSharp.Modules." + name)}){Module(node.Path)}).call({Positional(node, Input)})",
            FormKind.Functional => $"torch.nn.functional.{name}({arguments})",
            FormKind.Torch => $"{(name.StartsWith("TorchSharp.", StringComparison.Ordinal) ? "global::" : "torch.")}{name}({arguments})",
            FormKind.Method => $"{inputs[0]}.{name}({arguments})",
            FormKind.Property => $"{inputs[0]}.{name}",
            FormKind.Item => inputs[0] + name,
            FormKind.Indexer => $"{inputs[0]}[{Positional(node, Input)}]",
            FormKind.State => $"model.{name}({arguments})",
            FormKind.Own when node.Attributes["this"] is { } self => $"{self.ToCode(Input)}.{name}({new AttributeMap(node.Attributes.Where(static a => a.Key != "this")).ToCode(Input)})",
            FormKind.Own => $"{name}({arguments})",
            FormKind.Symbol when node.Attributes["operand"] is { } operand => Symbol(name) + operand.ToCode(Input),
            FormKind.Symbol => $"{node.Attributes["left"]!.ToCode(Input)} {Symbol(name)} {node.Attributes["right"]!.ToCode(Input)}",
            _ => throw new InvalidOperationException($"{node.Form} has no print."),
        };
    }

    /// <summary>The module at a path; one that is called again has the number of the call behind it.</summary>
    public static string Module(string path) => $"modules[{Literal.Text(path.Split('#')[0])}]";

    private static string Positional(Node node, Func<int, string> input) => string.Join(", ", node.Attributes.Where(static a => a.Key != TorchNames.InPlace).Select(a => a.Value.ToCode(input)));

    private static string Symbol(string method) => method switch
    {
        "op_Addition" => "+",
        "op_Subtraction" or "op_UnaryNegation" => "-",
        "op_Multiply" => "*",
        "op_Division" => "/",
        "op_Modulus" => "%",
        "op_BitwiseAnd" => "&",
        "op_BitwiseOr" => "|",
        "op_ExclusiveOr" => "^",
        "op_LeftShift" => "<<",
        "op_RightShift" => ">>",
        "op_LogicalNot" => "!",
        "op_OnesComplement" => "~",
        "op_Equality" => "==",
        "op_Inequality" => "!=",
        "op_LessThan" => "<",
        "op_LessThanOrEqual" => "<=",
        "op_GreaterThan" => ">",
        "op_GreaterThanOrEqual" => ">=",
        _ => throw new InvalidOperationException($"{method} has no symbol."),
    };
}
