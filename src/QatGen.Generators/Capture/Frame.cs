namespace QatGen.Generators.Capture;

/// <summary>The variables of a call or of a block inside it; blocks have frames of their own so that a lambda captures the variable of its own iteration.</summary>
internal sealed class Frame(int id, Frame? outer, Datum? self, Activation activation)
{
    public int Id { get; } = id;

    public Frame? Outer { get; } = outer;

    public Datum? Self { get; } = self;

    public Activation Activation { get; } = activation;

    public Frame Block(int id) => new(id, this, Self, Activation);
}

/// <summary>One running call: the returns it made under conditions that are not decided.</summary>
internal sealed class Activation(int guards)
{
    public int Guards { get; } = guards;

    public List<(Scalar Condition, Datum Value, Heap Heap)> Returns { get; } = [];

    public Datum Result { get; set; } = Outside.Nothing;
}
