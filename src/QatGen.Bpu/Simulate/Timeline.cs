namespace QatGen.Bpu;

/// <summary>Cycles and traffic of one layer within a run.</summary>
internal sealed record LayerTime(long ComputeCycles, long TransferCycles, long DdrBytes);

/// <summary>
/// When each instruction runs: it starts when its engine is free, what it waits for has ended and, for a transfer, the one bus to DDR is free; of those ready the earliest goes first.
/// The data do not change the times, so a program has one timeline.
/// </summary>
internal sealed record Timeline(long Cycles, long DdrBytes, Seq<LayerTime> Layers)
{
    public static Timeline Of(IReadOnlyList<Instruction> instructions, int layers, Timing timing)
    {
        var queues = Engines.All.Select(e => instructions.Where(i => i.Engine == e).ToArray()).ToArray();
        var ends = queues.Select(static q => new List<long>(q.Length)).ToArray();
        var rows = Enumerable.Repeat(new LayerTime(0, 0, 0), layers).ToArray();
        var busFree = 0L;
        for (var left = instructions.Count; left > 0; left--)
        {
            var (start, engine) = Engines.All.Select(e => (Start(e), e)).Min();
            var instruction = queues[(int)engine][ends[(int)engine].Count];
            var cycles = instruction.Cycles(timing);
            ends[(int)engine].Add(start + cycles);
            var isTransfer = instruction.DdrBytes > 0;
            busFree = isTransfer ? start + cycles : busFree;
            var row = rows[instruction.Layer];
            rows[instruction.Layer] = new(row.ComputeCycles + (isTransfer ? 0 : cycles), row.TransferCycles + (isTransfer ? cycles : 0), row.DdrBytes + instruction.DdrBytes);
        }

        return new(ends.Max(static e => e.Count == 0 ? 0 : e[^1]), rows.Sum(static r => r.DdrBytes), new(rows));

        long Start(Engine engine)
        {
            var (queue, done) = (queues[(int)engine], ends[(int)engine]);
            if (done.Count == queue.Length)
            {
                return long.MaxValue;
            }

            var next = queue[done.Count];
            var start = Math.Max(done.Count == 0 ? 0 : done[^1], next.DdrBytes > 0 ? busFree : 0);
            foreach (var other in Engines.All)
            {
                var count = next.Waits[other];
                if (count > ends[(int)other].Count)
                {
                    return long.MaxValue;
                }

                start = count == 0 ? start : Math.Max(start, ends[(int)other][count - 1]);
            }

            return start;
        }
    }
}
