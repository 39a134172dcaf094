using QatGen.Graphs;
using QatGen.Operators;
using QatGen.Passes;

namespace QatGen.Generators.Emit;

/// <summary>Emits <c>NetFixedPoint</c>: the integer program, printed through the operators' own lowering.</summary>
internal static class FixedPointEmitter
{
    public static string Emit(Graph graph)
    {
        var type = graph.Name + "FixedPoint";
        var names = new Identifiers("p", "constants", "inputs", "signature", "T", type);
        var slots = Lowering.Slots(graph).Select((s, i) => (s.Node, Number: i, Field: names.Unique($"{s.Node.Path}_{s.Role.Name}"))).ToArray();
        var values = graph.Inputs.Select(i => names.Unique(i.Name)).ToList();
        var printer = new PrimitivesPrinter(names);
        var code = new CSharpWriter();

        code.Lines(GeneratedFile.Header("QatGen", "QatGen.Primitives", "System.Collections.Generic")).Lines(GeneratedFile.Namespace(graph));
        code.Lines($"/// <summary>The integer-only form of {GeneratedFile.See(graph)} for {Marches.MarchSpec.Get(graph.March).DisplayName}.</summary>");
        code.Block($"{GeneratedFile.Access(graph)} sealed class {type} : FixedPointModel", () =>
        {
            foreach (var node in slots.GroupBy(static s => s.Node))
            {
                code.Lines($"private const int {string.Join(", ", node.Select(static s => $"{s.Field} = {Literal.Number(s.Number)}"))};");
            }

            code.Line().Lines("/// <summary>The program with the constants that <c>Convert</c> took from a trained model.</summary>");
            code.Block($"public {type}(Signature signature, IReadOnlyList<Constant> constants) : base(signature, constants)", static () => { });
            code.Line().Lines("/// <inheritdoc/>");
            code.Block("public override T[] Forward<T>(IPrimitives<T> p, T[] constants, T[] inputs)", () =>
            {
                for (var i = 0; i < values.Count; i++)
                {
                    code.Lines($"var {values[i]} = inputs[{Literal.Number(i)}];");
                }

                foreach (var node in graph.Nodes)
                {
                    var op = Catalogue.Get(node.Operator);
                    code.Line().Lines($"// {GeneratedFile.Describe(node)}").Lines($"p.Layer({Literal.Text(node.Path)});");
                    printer.Layer(node.Path);
                    var result = op.Lower(printer, node, [.. node.Inputs.Select(i => values[i])], [.. slots.Where(s => ReferenceEquals(s.Node, node)).Select(static s => $"constants[{s.Field}]")]);
                    var name = printer.Wrote(result) ? names.Unique(node.Path) : result;
                    foreach (var line in printer.Take(result, name))
                    {
                        code.Lines(line);
                    }

                    values.Add(name);
                }

                code.Line().Lines($"return [{string.Join(", ", graph.Outputs.Select(o => values[o]))}];");
            });
        });
        return code.ToString();
    }
}
