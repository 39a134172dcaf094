using QatGen.Primitives;

namespace QatGen.Core.Tests.Marches;

/// <summary>A program exactly at a limit and one just beyond it.</summary>
internal sealed record LimitCase(string Name, Action<IPrimitives<Fact>> Inside, Action<IPrimitives<Fact>> Outside)
{
    /// <summary>The last count that is allowed and the next one.</summary>
    public static LimitCase At(int last, string name, Action<IPrimitives<Fact>, int> program) => new($"{name} of {last}", p => program(p, last), p => program(p, last + 1));

    public override string ToString() => Name;
}
