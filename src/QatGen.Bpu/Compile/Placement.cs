namespace QatGen.Bpu;

/// <summary>Where the buffers of a step lie on chip, in the order of <see cref="BufferSizes"/>.</summary>
internal sealed record StepPlacement(Tiling Tiling, BufferSizes Sizes, int Parameters, int Input, int Accumulators, Seq<int> Terms, int Output);

/// <summary>Where everything lies: tensors on chip by their address, all others in DDR behind the constants, and the buffers of each step.</summary>
internal sealed record Placement(IReadOnlyDictionary<int, int> OnChip, IReadOnlyDictionary<int, long> InDdr, long WorkspaceBytes, Seq<StepPlacement> Steps);

/// <summary>
/// Keeps as many tensors as possible on chip from the step that writes them to the last that reads them, and cuts each step to fit beside them. Where a step finds no room the largest tensor around it
/// goes to DDR, and placing begins again; so it ends after as many rounds as there are tensors.
/// </summary>
internal sealed class Placer(StepProgram program, Timing timing, int sramBytes)
{
    private readonly (int First, int Last)[] _lives = Lives(program);
    private readonly Seq<TileGeometry> _geometries = program.Steps.Select(s => new TileGeometry(s, timing.Hardware.ChannelAlignment)).ToSeq();
    private readonly Dictionary<(int Step, string OnChip), (Tiling, BufferSizes)[]> _candidates = [];

    /// <summary>Places a program with no tensor on chip that is larger than <paramref name="largest"/> bytes: one that fits may leave too little room to cut the steps around it well.</summary>
    public Placement Place(int largest)
    {
        var external = program.Inputs.Concat(program.Outputs).Select(static v => v.Id).Concat(program.Constants.Keys).ToHashSet();
        var onChip = Enumerable.Range(0, program.Tensors.Count).Where(t => !external.Contains(t) && Bytes(t) <= largest).ToHashSet();
        while (true)
        {
            var (placement, victim) = TryPlace(onChip);
            if (placement is not null)
            {
                return placement;
            }

            onChip.Remove(victim);
        }
    }

    private (Placement? Placement, int Victim) TryPlace(HashSet<int> onChip)
    {
        var space = new AddressSpace(sramBytes);
        var addresses = new Dictionary<int, int>();
        foreach (var tensor in onChip.OrderBy(t => _lives[t].First).ThenBy(static t => t))
        {
            var address = space.Allocate(Bytes(tensor), _lives[tensor].First, _lives[tensor].Last);
            if (address < 0)
            {
                return (null, tensor);
            }

            addresses.Add(tensor, (int)address);
        }

        var steps = new List<StepPlacement>();
        for (var i = 0; i < program.Steps.Count; i++)
        {
            if (PlaceStep(i, onChip, space) is { } placed)
            {
                steps.Add(placed);
                continue;
            }

            var around = onChip.Where(t => _lives[t].First <= i && _lives[t].Last >= i).OrderByDescending(Bytes).ThenBy(static t => t).ToArray();
            return around.Length > 0 ? (null, around[0]) : throw QatGenException.Of(BpuRules.DoesNotFit, program.Layers[program.Steps[i].Layer],
                Text(new Tiler(_geometries[i], program.Batch, timing, static _ => false).SmallestBytes()), Text(sramBytes));
        }

        return (new(addresses, PlaceInDdr(onChip, out var bytes), bytes, steps.ToSeq()), -1);
    }

    private StepPlacement? PlaceStep(int index, HashSet<int> onChip, AddressSpace space)
    {
        foreach (var (tiling, sizes) in Candidates(index, onChip))
        {
            // The first constants are loaded during the step before, if there is room.
            foreach (var early in index > 0 ? new[] { 1, 0 } : [0])
            {
                var mark = space.Count;
                var addresses = new List<long> { space.Allocate(sizes.Parameters.Total, index - early, index) };
                addresses.AddRange(sizes.All.Skip(1).Select(s => space.Allocate(s.Total, index, index)));
                if (!addresses.Contains(-1))
                {
                    var a = addresses.Select(static x => (int)x).ToArray();
                    return new(tiling, sizes, a[0], a[1], a[2], new(a[3..^1]), a[^1]);
                }

                space.Release(mark);
            }
        }

        return null;
    }

    /// <summary>The ways to cut a step; they depend only on which of its own tensors are on chip.</summary>
    private (Tiling, BufferSizes)[] Candidates(int index, HashSet<int> onChip)
    {
        var step = program.Steps[index];
        var key = (index, string.Concat(step.Sources.Append(step.Output).Select(v => onChip.Contains(v.Id) ? '1' : '0')));
        if (!_candidates.TryGetValue(key, out var found))
        {
            found = [.. new Tiler(_geometries[index], program.Batch, timing, onChip.Contains).Candidates(sramBytes)];
            _candidates.Add(key, found);
        }

        return found;
    }

    private Dictionary<int, long> PlaceInDdr(HashSet<int> onChip, out long bytes)
    {
        var space = new AddressSpace(long.MaxValue);
        var inDdr = Enumerable.Range(0, program.Tensors.Count).Where(t => !onChip.Contains(t) && !program.Constants.ContainsKey(t))
            .ToDictionary(static t => t, t => space.Allocate(program.Batch * program.Tensors[t].Packed.FrameBytes, _lives[t].First, _lives[t].Last));
        bytes = space.Used;
        return inDdr;
    }

    private long Bytes(int tensor) => program.Batch * program.Tensors[tensor].FrameBytes;

    private static string Text(long n) => n.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The first and last step that touches each tensor. Inputs and outputs belong to the caller from beginning to end.</summary>
    private static (int First, int Last)[] Lives(StepProgram program)
    {
        var lives = Enumerable.Repeat((First: int.MaxValue, Last: -1), program.Tensors.Count).ToArray();
        for (var i = 0; i < program.Steps.Count; i++)
        {
            foreach (var tensor in program.Steps[i].Reads.Append(program.Steps[i].Output.Id))
            {
                lives[tensor] = (Math.Min(lives[tensor].First, i), Math.Max(lives[tensor].Last, i));
            }
        }

        foreach (var view in program.Inputs.Concat(program.Outputs))
        {
            lives[view.Id] = (0, int.MaxValue);
        }

        return lives;
    }
}
