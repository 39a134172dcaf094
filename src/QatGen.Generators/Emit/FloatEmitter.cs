using QatGen.Graphs;
using QatGen.Operators;

namespace QatGen.Generators.Emit;

/// <summary>Emits the captured graph as float calls on the model's own modules, for the differential tests: its results must equal the model's own <c>forward</c> exactly.</summary>
internal static class FloatEmitter
{
    public static string Emit(Graph canonical)
    {
        var names = new Identifiers("model", "modules", "training", "torch", "nn", "module");
        var parameters = GeneratedFile.Parameters(canonical, names);
        var values = parameters.SelectMany(static p => p.Form.Access(p.Name)).ToList();
        var code = new CSharpWriter();

        code.Lines(GeneratedFile.Header("System.Collections.Generic", "System.Linq", "TorchSharp")).Lines(GeneratedFile.Namespace(canonical));
        code.Lines($"/// <summary>The captured calls of {GeneratedFile.See(canonical)}, in float.</summary>");
        code.Block($"internal static class {canonical.Name}Float", () =>
            code.Block($"public static {canonical.ReturnType} Forward({GeneratedFile.Model(canonical)} model, {GeneratedFile.Declare(parameters)})", () =>
            {
                code.Lines("var modules = model.named_modules().ToDictionary(static m => m.name, static m => m.module);");
                code.Lines("var training = model.training;");
                foreach (var node in canonical.Nodes)
                {
                    string[] inputs = [.. node.Inputs.Select(i => values[i])];
                    var call = node.IsOpaque ? OpaqueCall.ToCode(node, inputs) : Call(Catalogue.Get(node.Operator), node, inputs, [.. inputs, .. node.Sized.Select(i => values[i])]);
                    values.Add(names.Unique(node.Path));
                    code.Lines($"var {values[values.Count - 1]} = {call};");
                }

                code.Lines($"return {canonical.Returns.ToCode(o => values[canonical.Outputs[o]])};");
            }));
        return code.ToString();
    }

    private static string Call(Operator op, Node node, string[] inputs, string[] all)
    {
        var path = node.Attributes[Operator.Item] is null ? node.Path : node.Path.Substring(0, Math.Max(0, node.Path.LastIndexOf('.')));
        // Sizes may be those of other tensors than the call's inputs.
        var written = node with { Attributes = node.Attributes.Replace(v => v is Value.InputSize or Value.Measured or Value.Computed ? new Value.Symbol(v.ToCode(i => all[i])) : null) };
        return op.FloatResult(written, $"(({op.ModuleType}){OpaqueCall.Module(path)})", inputs);
    }
}
