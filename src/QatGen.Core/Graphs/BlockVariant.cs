namespace QatGen.Graphs;

/// <summary>
/// What one constructor of a block builds under conditions on its parameters: the modules it registers as <c>named_modules()</c> spells them, and what forward computes over the parameters.
/// <paramref name="Constructor"/> is the parameter list of its documentation comment identifier.
/// </summary>
public sealed record BlockVariant(string Constructor, Seq<BlockCondition> Conditions, Seq<string> Modules, Graph Graph)
{
    /// <summary>Checks what the text form cannot: that values are computed before they are read and that modules exist.</summary>
    /// <exception cref="FormatException">They do not.</exception>
    internal void Verify()
    {
        try
        {
            Graph.Verify();
        }
        catch (InvalidOperationException wrong)
        {
            throw new FormatException(wrong.Message);
        }

        if (Graph.Nodes.FirstOrDefault(n => n.Form.Kind == FormKind.Module && !Modules.Contains(n.ModulePath)) is { } node)
        {
            throw new FormatException($"'{node.Path}' calls a module that does not exist");
        }
    }
}
