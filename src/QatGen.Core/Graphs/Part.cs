namespace QatGen.Graphs;

/// <summary>
/// What a composite operator decides of a node it is made of: the type of the result or of the tensor read (null: as configured), its scale (0: observed), the parameters behind it by their names in the
/// float model (empty: the node's own path), and the operator that the node is the result of. Of a weight and bias <paramref name="Rows"/> rows (0: all) from <paramref name="FirstRow"/> on are taken; a tensor is read in <paramref name="Shape"/>. A weight that <paramref name="IsFixed"/> is a buffer, which training leaves.
/// </summary>
public sealed record Part(DType? Type = null, double Scale = 0, string Weight = "", string Bias = "", int FirstRow = 0, int Rows = 0, Seq<int> Shape = default, string ResultOf = "", bool IsFixed = false)
{
    /// <summary>A result in qint16.</summary>
    public static Part Wide { get; } = new(DType.QInt16);

    /// <summary>A buffer that says positions.</summary>
    public static Part Positions { get; } = new(DType.QInt32, 1);

    /// <summary>Of two nodes that become one, the parameters of the first and the result of the second.</summary>
    public static Part? Fused(Part? first, Part? second)
    {
        var part = (first ?? new()) with { Type = second?.Type, Scale = second?.Scale ?? 0, ResultOf = second?.ResultOf ?? "" };
        return part == new Part() ? null : part;
    }
}
