namespace QatGen.Bpu;

/// <summary>
/// What is known to be complete when an instruction starts: for each engine, how many of its instructions. An instruction knows what the one before it on its engine knew, what it waits for,
/// and what those knew. It walks a stream in order, either to find the waits that a stream needs or to check those it has.
/// </summary>
internal sealed class Clocks
{
    private readonly List<(Seq<Access> Accesses, int[] Known)>[] _done = [.. Engines.All.Select(static _ => new List<(Seq<Access>, int[])>())];

    public int Completed(Engine engine) => _done[(int)engine].Count;

    /// <summary>The fewest waits that keep an instruction from touching bytes that an earlier one still works on; then counts it in.</summary>
    public Waits Order(Instruction instruction)
    {
        var known = Start(instruction.Engine);
        var conflicts = Engines.All.Select(e => e == instruction.Engine ? 0 : LastConflict(e, known[(int)e], instruction.Accesses)).ToArray();
        Span<int> waits = stackalloc int[Engines.All.Count];
        foreach (var engine in Engines.All.Where(e => conflicts[(int)e] > 0))
        {
            // What another wait implies needs none of its own.
            var isImplied = Engines.All.Any(e => e != engine && conflicts[(int)e] > 0 && _done[(int)e][conflicts[(int)e] - 1].Known[(int)engine] >= conflicts[(int)engine]);
            waits[(int)engine] = isImplied ? 0 : conflicts[(int)engine];
            Learn(known, engine, conflicts[(int)engine]);
        }

        Finish(instruction, known);
        return Waits.Of(waits);
    }

    /// <summary>Whether an instruction waits only for earlier ones and for every one it could disturb; then counts it in.</summary>
    public bool Holds(Instruction instruction)
    {
        if (Engines.All.Any(e => instruction.Waits[e] < 0 || instruction.Waits[e] > Completed(e)))
        {
            return false;
        }

        var known = Start(instruction.Engine);
        foreach (var engine in Engines.All.Where(e => instruction.Waits[e] > 0))
        {
            Learn(known, engine, instruction.Waits[engine]);
        }

        var safe = Engines.All.All(e => e == instruction.Engine || LastConflict(e, known[(int)e], instruction.Accesses) <= known[(int)e]);
        Finish(instruction, known);
        return safe;
    }

    /// <summary>One behind the last instruction of an engine, after the known ones, that touches the same bytes; 0 when none does.</summary>
    private int LastConflict(Engine engine, int known, Seq<Access> accesses)
    {
        var done = _done[(int)engine];
        for (var i = done.Count; i > known; i--)
        {
            if (done[i - 1].Accesses.Any(a => accesses.Any(a.Conflicts)))
            {
                return i;
            }
        }

        return 0;
    }

    private int[] Start(Engine engine)
    {
        var done = _done[(int)engine];
        var known = done.Count > 0 ? (int[])done[^1].Known.Clone() : new int[Engines.All.Count];
        known[(int)engine] = done.Count;
        return known;
    }

    private void Learn(int[] known, Engine engine, int count)
    {
        var theirs = _done[(int)engine][count - 1].Known;
        for (var i = 0; i < known.Length; i++)
        {
            known[i] = Math.Max(known[i], theirs[i]);
        }

        known[(int)engine] = Math.Max(known[(int)engine], count);
    }

    private void Finish(Instruction instruction, int[] known) => _done[(int)instruction.Engine].Add((instruction.Accesses, known));
}
