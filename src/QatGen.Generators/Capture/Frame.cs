namespace QatGen.Generators.Capture;

/// <summary>The variables of a call or of a block inside it; blocks have frames of their own so that a lambda captures the variable of its own iteration.</summary>
internal sealed class Frame(int id, Frame? outer, Datum? self, Activation activation)
{
    public int Id { get; } = id;

    public Frame? Outer { get; } = outer;

    public Datum? Self { get; } = self;

    public Activation Activation { get; } = activation;

    /// <summary>The frame of the call, around all blocks.</summary>
    public Frame Call => Outer?.Call ?? this;

    public Frame Block(int id) => new(id, this, Self, Activation);
}

/// <summary>One running call: what its type parameters stand for, who takes what an iterator yields, and the returns it made under conditions that are not decided.</summary>
internal sealed class Activation(int guards, TypeArguments types, Func<Datum, bool>? consumer = null)
{
    public int Guards { get; } = guards;

    public TypeArguments Types { get; } = types;

    /// <summary>Takes a value that the iterator yields; false ends the iterator.</summary>
    public Func<Datum, bool>? Consumer { get; } = consumer;

    /// <summary>The conditions that hold since the consumer looked at an item.</summary>
    public int ConsumerGuards { get; set; }

    public List<(Scalar Condition, Datum Value, Heap Heap)> Returns { get; } = [];

    public Datum Result { get; set; } = Outside.Nothing;
}
