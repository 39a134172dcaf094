using QatGen.Graphs;
using QatGen.Marches;
using QatGen.Operators;

namespace QatGen.Generators.Emit;

/// <summary>Emits <c>NetQat</c>: its constructor declares the nodes of the fused graph, its program connects them. <c>ToQat</c> joins the model's own class.</summary>
internal static class QatEmitter
{
    /// <summary>Members of torch.nn.Module that a field could hide.</summary>
    internal static Seq<string> Inherited { get; } = new(
        "_to", "_toEpilog", "_named_parameters", "_named_buffers", "_parameters", "_deviceType", "_deviceIndex", "_internal_submodules", "_internal_buffers", "_internal_params");

    public static string Emit(Graph graph)
    {
        var type = graph.Name + "Qat";
        var march = MarchSpec.Get(graph.March);
        var code = new CSharpWriter();
        code.Lines(GeneratedFile.Header("QatGen", "QatGen.Graphs", "QatGen.Primitives", "QatGen.Torch", "QatGen.Torch.Modules", "System.Collections.Generic", "TorchSharp")).Lines(GeneratedFile.Namespace(graph));
        code.Block($"partial class {GeneratedFile.Model(graph)}", () => code
            .Lines("/// <summary>The model for quantization-aware training: fused, with quantizers, and with the parameters that this one has now.</summary>")
            .Lines($"public {type} To{graph.Variant}Qat(QConfig? config = null) => new(QatModel.StateOf(this), config);"));

        code.Line().Lines($"/// <summary>{GeneratedFile.See(graph)} for quantization-aware training on {march.DisplayName}.</summary>");
        code.Block($"{GeneratedFile.Access(graph)} sealed class {type} : {Signature(graph)}, IQatModule", () =>
        {
            var fields = new Identifiers([type, .. Inherited]);
            var nodes = graph.Nodes.Select(n => fields.Unique("_" + n.Path)).ToArray();
            code.Lines(string.Join("\n", nodes.Select(static f => $"private readonly QatNode {f};")));

            code.Line().Lines($"/// <summary>Declares the nodes and takes the parameters of a {GeneratedFile.See(graph)} from its <c>state_dict</c>, batch norms folded.</summary>");
            code.Block($"public {type}(IReadOnlyDictionary<string, torch.Tensor> floatState, QConfig? config = null) : base({Literal.Text(type)})", () =>
            {
                code.Lines($"Model = new(this, {Literal.Text(graph.Name)}, March.{graph.March}, config);");
                foreach (var setting in graph.Settings)
                {
                    code.Lines($"Model.{Declare(setting)};");
                }

                foreach (var input in graph.Inputs)
                {
                    code.Lines($"Model.{Declare(input)};");
                }

                for (var i = 0; i < nodes.Length; i++)
                {
                    code.Line().Lines($"// {GeneratedFile.Describe(graph.Nodes[i])}").Lines($"{nodes[i]} = Model.{Declare(graph.Nodes[i])};");
                }

                code.Line().Lines("Model.LoadFloat(floatState);");
            });

            code.Line().Lines("/// <inheritdoc/>").Lines("public QatModel Model { get; }");
            code.Line().Lines("/// <summary>The integer program with the scales that training found; layers without calibration are an error that names them.</summary>");
            code.Lines($"public {graph.Name}FixedPoint Convert() => ({graph.Name}FixedPoint)this.ConvertToFixedPoint();");
            code.Line().Lines("/// <inheritdoc/>");
            code.Lines($"public FixedPointModel CreateFixedPoint(Signature signature, IReadOnlyList<Constant> constants) => new {graph.Name}FixedPoint(signature, constants);");
            code.Line().Lines("/// <inheritdoc/>");
            Program(code, graph, nodes);
            code.Line().Lines("/// <inheritdoc/>");
            Forward(code, graph);
            code.Line().Lines("/// <summary>Nothing: inputs and nodes are registered under the float model's paths when they are declared.</summary>");
            code.Block("protected override void RegisterComponents()", static () => { });
        });
        return code.ToString();
    }

    private static void Program(CSharpWriter code, Graph graph, string[] nodes)
    {
        var names = new Identifiers([.. nodes, "inputs"]);
        var values = graph.Inputs.Select(i => names.Unique(i.Name)).ToList();
        code.Block("public QatValue[] Program(QatValue[] inputs)", () =>
        {
            for (var i = 0; i < graph.Inputs.Count; i++)
            {
                code.Lines($"var {values[i]} = inputs[{Literal.Number(i)}];");
            }

            for (var i = 0; i < nodes.Length; i++)
            {
                var result = names.Unique(graph.Nodes[i].Path);
                code.Lines($"var {result} = {nodes[i]}.Call({string.Join(", ", graph.Nodes[i].Inputs.Select(v => values[v]))});");
                values.Add(result);
            }

            code.Lines($"return [{string.Join(", ", graph.Outputs.Select(o => values[o]))}];");
        });
    }

    private static void Forward(CSharpWriter code, Graph graph)
    {
        var names = new Identifiers("outputs");
        var parameters = GeneratedFile.Parameters(graph, names);
        var header = $"public override {graph.ReturnType} forward({GeneratedFile.Declare(parameters)})";

        // A list is given whole, so that one of another length is an error.
        var inputs = string.Join(", ", parameters.SelectMany(static p => Whole(p.Form, p.Name)));
        var call = parameters.All(static p => p.Form is TensorForm.Tensor) ? $"Model.Forward({inputs})" : $"Model.Forward([{inputs}])";
        if (graph.Returns == TensorForm.Single)
        {
            code.Lines($"{header} => {call}[0];");
            return;
        }

        code.Block(header, () => code.Lines($"var outputs = {call};").Lines($"return {graph.Returns.ToCode(static o => $"outputs[{Literal.Number(o)}]")};"));
    }

    private static IEnumerable<string> Whole(TensorForm form, string value) => form switch
    {
        TensorForm.Collection => [".. " + value],
        TensorForm.Tuple tuple => tuple.Items.SelectMany((item, i) => Whole(item, $"{value}.Item{Literal.Number(i + 1)}")),
        _ => [value],
    };

    /// <summary>The base class of the float model.</summary>
    private static string Signature(Graph graph) => $"torch.nn.Module<{string.Concat(GeneratedFile.Parameters(graph, new()).Select(static p => p.Type + ", "))}{graph.ReturnType}>";

    private static string Declare(GraphInput input)
    {
        var shape = input.Shape.Count == 0 ? "" : $", shape: {Literal.List(input.Shape)}";
        var scale = input.FixedScale > 0 ? $", fixedScale: {Literal.Number(input.FixedScale)}" : "";
        var type = input.DType == DType.QInt8 ? "" : $", type: DType.{input.DType}";
        var mask = input.IsMask ? ", isMask: true" : "";
        return $"Input({Literal.Text(input.Name)}{shape}{scale}{type}{mask})";
    }

    private static string Declare(QuantizeSetting setting)
    {
        var said = new[]
        {
            setting.Type is { } type ? $"type: DType.{type}" : "",
            setting.Bits > 0 ? $"bits: {Literal.Number(setting.Bits)}" : "",
            setting.WeightBits > 0 ? $"weightBits: {Literal.Number(setting.WeightBits)}" : "",
            setting.Scale > 0 ? $"scale: {Literal.Number(setting.Scale)}" : "",
            setting.Kind is { } kind ? $"kind: FakeQuantKind.{kind}" : "",
            setting.Observer is { } observer ? $"observer: ObserverKind.{observer}" : "",
        };
        return $"Quantize({string.Join(", ", [Literal.Text(setting.Path), Literal.Text(setting.Target), .. said.Where(static s => s.Length > 0)])})";
    }

    private static string Declare(Node node)
    {
        var inputs = node.Inputs.Count == 1 ? "" : $", inputs: {Literal.Number(node.Inputs.Count)}";
        var part = node.Part is null ? "" : $", part: {Literal.Of(node.Part)}";
        var absorbed = node.Absorbed.Count == 0 ? "" : $", absorbed:\n[\n{string.Concat(node.Absorbed.Select(static a => $"    QatModel.Absorbed({Name(a)}, {Arguments(a)}{Written(a)}),\n"))}]";
        return $"Node({Name(node)}, {Arguments(node)}, OutputKind.{node.Output}{Written(node)}{inputs}{part}{absorbed})";
    }

    private static string Name(Node node) => $"{Literal.Text(node.Operator)}, {Literal.Text(node.Path)}";

    /// <summary>How a node was written, where that is not as the module of its operator.</summary>
    private static string Written(Node node) => node.Form == new Form(FormKind.Module, node.Operator) ? "" : $", form: new(FormKind.{node.Form.Kind}, {Literal.Text(node.Form.Name)})";

    /// <summary>The arguments that the node's integer form reads, which are all that a part of a composite has. A size that a constructor argument decides is read from the parameters instead.</summary>
    private static string Arguments(Node node)
    {
        var op = Catalogue.Get(node.Operator);
        bool IsRead(string name, Value value) => op.Sizes.Contains(name) ? value is not Value.Symbol : node.Part is not null || name == Operator.Item || op.Structural.Contains(name);
        var known = node.Attributes.Where(a => IsRead(a.Key, a.Value)).Select(static a => $"[{Literal.Text(a.Key)}] = {Literal.Of(a.Value)}").ToArray();
        return known.Length == 0 ? "new()" : $"new() {{ {string.Join(", ", known)} }}";
    }
}
