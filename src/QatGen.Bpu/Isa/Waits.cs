namespace QatGen.Bpu;

/// <summary>
/// The semaphores of an instruction: it starts when each engine has completed so many of its own instructions. A count instead of a flag needs no reset and cannot deadlock
/// as long as it counts only instructions that stand earlier in the stream.
/// </summary>
internal readonly record struct Waits(int Load, int Tensor, int Vector, int Store)
{
    public int this[Engine engine] => engine switch { Engine.Load => Load, Engine.Tensor => Tensor, Engine.Vector => Vector, _ => Store };

    public static Waits Of(ReadOnlySpan<int> counts) => new(counts[(int)Engine.Load], counts[(int)Engine.Tensor], counts[(int)Engine.Vector], counts[(int)Engine.Store]);

    public override string ToString()
    {
        var waits = this;
        return string.Join(" ", Engines.All.Where(e => waits[e] > 0).Select(e => $"{e}>={waits[e]}"));
    }
}
