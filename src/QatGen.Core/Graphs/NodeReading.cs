namespace QatGen.Graphs;

/// <summary>Reads arguments with TorchSharp's own conventions: a pair may be written as one number, a missing argument has a default.</summary>
public static class NodeReading
{
    public static long Integer(this Node node, string name, long otherwise) => node.Attributes[name] is Value.Integer i ? i.Number : otherwise;

    public static double Real(this Node node, string name, double otherwise) => node.Attributes[name] switch { Value.Real r => r.Number, Value.Integer i => i.Number, _ => otherwise };

    public static bool Flag(this Node node, string name, bool otherwise) => node.Attributes[name] is Value.Logical l ? l.Flag : otherwise;

    /// <summary>A (height, width) argument: one number for both, a tuple or an array of one or two.</summary>
    public static (int H, int W) Pair(this Node node, string name, int otherwise) => node.Attributes[name] switch
    {
        Value.Integer i => ((int)i.Number, (int)i.Number),
        Value.Items { Elements: { Count: 1 or 2 } e } when e.All(static v => v is Value.Integer) => ((int)((Value.Integer)e[0]).Number, (int)((Value.Integer)e[e.Count - 1]).Number),
        _ => (otherwise, otherwise),
    };

    /// <summary>An argument with a number for each of some axes: one number for all, a tuple or an array.</summary>
    public static Seq<int> Numbers(this Node node, string name, int axes, int otherwise) => node.Attributes[name] switch
    {
        Value.Integer i => Enumerable.Repeat((int)i.Number, axes).ToSeq(),
        Value.Items { Elements: var e } when (e.Count == 1 || e.Count == axes) && e.All(static v => v is Value.Integer) =>
            Enumerable.Range(0, axes).Select(i => (int)((Value.Integer)e[e.Count == 1 ? 0 : i]).Number).ToSeq(),
        _ => Enumerable.Repeat(otherwise, axes).ToSeq(),
    };

    /// <summary>Whether an argument is not given, or has a number or a list of one or as many numbers as there are axes.</summary>
    public static bool IsPerAxis(this Node node, string name, int axes) => node.Attributes[name] is null or Value.Integer
        || (node.Attributes[name] is Value.Items { Elements: var e } && (e.Count == 1 || e.Count == axes) && e.All(static v => v is Value.Integer));

    /// <summary>A count that only sizes parameters: -1 while a constructor argument decides it.</summary>
    public static int Count(this Node node, string name) => node.Attributes[name] is Value.Integer i ? (int)i.Number : Primitives.Fact.UnknownDimension;
}
