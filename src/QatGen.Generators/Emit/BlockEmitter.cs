using QatGen.Graphs;

namespace QatGen.Generators.Emit;

/// <summary>Emits the constant in which the class tells models of other projects what it computes.</summary>
internal static class BlockEmitter
{
    public static string Emit(Block block)
    {
        var graph = block.Variants[0].Graph;
        var code = new CSharpWriter();
        code.Lines(GeneratedFile.Header("System.ComponentModel")).Lines(GeneratedFile.Namespace(graph));
        code.Lines("// A base class may have a constant of its own.\n#pragma warning disable CS0108");
        code.Block($"partial class {GeneratedFile.Model(graph)}", () => code
            .Lines("/// <summary>The graph of this class, for models of other projects that contain it.</summary>")
            .Lines("[EditorBrowsable(EditorBrowsableState.Never)]")
            .Lines($"public const string {Block.ConstantName} = {Literal.Text(block.ToText())};"));
        return code.ToString();
    }
}
