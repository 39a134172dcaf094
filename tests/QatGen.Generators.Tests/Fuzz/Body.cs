using System.Text;

namespace QatGen.Generators.Tests.Fuzz;

/// <summary>The statements of a method that computes on the variable x, as they are written: the shape of x so far, and the earlier tensors in scope.</summary>
internal sealed class Body(ModuleClass owner, Shape shape)
{
    private readonly StringBuilder _code = new();

    public ModuleClass Owner { get; } = owner;

    public Shape Shape { get; set; } = shape;

    /// <summary>The shape that a decided return before the end gives.</summary>
    public Shape? Returned { get; set; }

    /// <summary>Height and width stay, since the result meets another tensor.</summary>
    public bool KeepsSize { get; init; }

    /// <summary>The statements may run several times or without an object: no module of its own, and no other shape.</summary>
    public bool IsPlain { get; init; }

    public bool IsStatic { get; init; }

    public bool CanReturn { get; init; }

    /// <summary>Modules made here go into a Sequential, which leaves it to them to register what they hold.</summary>
    public bool InSequential { get; init; }

    public int Depth { get; init; }

    public List<(string Name, Shape Shape)> Kept { get; init; } = [];

    /// <summary>A body inside this one, in its scope.</summary>
    public Body Inner(bool keepsSize = false, bool isPlain = false, bool inSequential = false) => new(Owner, Shape)
    {
        KeepsSize = KeepsSize || keepsSize,
        IsPlain = IsPlain || isPlain,
        IsStatic = IsStatic,
        InSequential = InSequential || inSequential,
        Depth = Depth + 1,
        Kept = [.. Kept],
    };

    public Body Add(string statement)
    {
        _code.Append(statement).Append('\n');
        return this;
    }

    public override string ToString() => _code.ToString();
}
