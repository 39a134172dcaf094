using QatGen.Marches;
using QatGen.Primitives;

namespace QatGen.Bpu;

/// <summary>Compiles an integer program for the BPU of its march: check, tile and place, schedule, encode.</summary>
public static class BpuCompiler
{
    // What part of on-chip memory one tensor may take (1 / n): each is tried, the quickest program wins.
    private static readonly int[] TensorShares = [1, 2, 4];

    /// <summary>Compiles a model; throws with every limit of the march it exceeds, or naming the layer that does not fit on chip.</summary>
    public static BpuProgram Compile(FixedPointModel model, CompilerOptions? options = null) => Compile(model.Record(), options);

    /// <summary>Compiles a program that was recorded or loaded.</summary>
    public static BpuProgram Compile(IntGraph graph, CompilerOptions? options = null)
    {
        options = Checked(options ?? new());
        var march = MarchSpec.Get(graph.Signature.March);
        var facts = Check(graph, options.Batch);
        var timing = new Timing(march.Hardware);
        var steps = StepBuilder.Build(graph, facts, options.Batch, march.Hardware.ChannelAlignment);
        var sramBytes = options.SramBytes == 0 ? march.Hardware.SramBytes : options.SramBytes;
        var placer = new Placer(steps, timing, sramBytes);
        var layers = Layers(graph, steps);
        var program = TensorShares.Select(share => Link(graph.Signature, steps, placer.Place(sramBytes / share), layers, sramBytes)).MinBy(static p => p.Estimate().Cycles)!;
        program.Verify();
        return program;
    }

    /// <summary>Schedules and encodes a placed program.</summary>
    private static BpuProgram Link(Signature signature, StepProgram steps, Placement placement, Seq<ProgramLayer> layers, int sramBytes)
    {
        var alignment = MarchSpec.Get(signature.March).Hardware.ChannelAlignment;
        var geometries = steps.Steps.Select(s => new TileGeometry(s, alignment)).ToSeq();
        var constants = new ConstantPool(steps, geometries, placement.Steps);
        var bytes = placement.WorkspaceBytes + constants.Bytes.Length;
        if (bytes > int.MaxValue)
        {
            throw QatGenException.Of(BpuRules.AddressSpace, "", Text(bytes), Text(int.MaxValue));
        }

        var memory = new MemoryMap(steps.Batch, sramBytes, (int)placement.WorkspaceBytes, Bindings(steps.Inputs), Bindings(steps.Outputs));
        return new(signature, memory, layers, Scheduler.Schedule(steps, geometries, placement, constants), constants.Bytes);

        Seq<Binding> Bindings(Seq<View> views) => views.Select(v => Binding.At(v.Shape.Packed, constants.Bytes.Length + placement.InDdr[v.Id])).ToSeq();
    }

    private static CompilerOptions Checked(CompilerOptions options) =>
        options.Batch < 1 ? throw QatGenException.Of(BpuRules.Options, "", nameof(options.Batch), Text(options.Batch))
        : options.SramBytes < 0 ? throw QatGenException.Of(BpuRules.Options, "", nameof(options.SramBytes), Text(options.SramBytes))
        : options;

    /// <summary>Shape and type of every value; throws with all violations of shapes and of the march's limits.</summary>
    private static Fact[] Check(IntGraph graph, int batch)
    {
        graph.Verify();
        var violations = MarchChecker.Check(graph, batch);
        return violations.Any(static v => v.Rule.Severity == RuleSeverity.Error) ? throw new QatGenException(violations) : graph.Facts(batch);
    }

    /// <summary>Names and multiply-accumulates of the layers, per run.</summary>
    private static Seq<ProgramLayer> Layers(IntGraph graph, StepProgram steps)
    {
        var cost = new CostChecker();
        graph.Forward(cost, [.. graph.Constants.Select(Fact.Of)], Inputs(graph, steps.Batch));
        var macs = cost.Layers.ToLookup(static l => l.Layer, static l => l.Macs ?? 0);
        return steps.Layers.Select(name => new ProgramLayer(name, macs[name].Sum())).ToSeq();
    }

    private static Fact[] Inputs(IntGraph graph, int batch) => [.. graph.Signature.Inputs.Select(i => Fact.Of(i.WithBatch(batch), i.DType))];

    private static string Text(long n) => n.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
