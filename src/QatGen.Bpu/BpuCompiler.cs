using QatGen.Marches;
using QatGen.Primitives;

namespace QatGen.Bpu;

/// <summary>Compiles an integer program for the BPU of its march: check, tile and place, schedule, encode.</summary>
public static class BpuCompiler
{
    /// <summary>Compiles a model; throws with every limit of the march it exceeds, or naming the layer that does not fit on chip.</summary>
    public static BpuProgram Compile(FixedPointModel model, CompilerOptions? options = null) => Compile(model.Record(), options);

    /// <summary>Compiles a program that was recorded or loaded.</summary>
    public static BpuProgram Compile(IntGraph graph, CompilerOptions? options = null)
    {
        options = Checked(options ?? new());
        var march = MarchSpec.Get(graph.Signature.March);
        var facts = Check(graph, march, options.Batch);
        var timing = new Timing(march.Hardware);
        var steps = StepBuilder.Build(graph, facts, options.Batch, march.Hardware.ChannelAlignment);
        var sramBytes = options.SramBytes == 0 ? march.Hardware.SramBytes : options.SramBytes;
        var placement = new Placer(steps, timing, sramBytes).Place();
        var geometries = steps.Steps.Select(s => new TileGeometry(s, march.Hardware.ChannelAlignment)).ToSeq();
        var constants = new ConstantPool(geometries, placement.Steps);
        var workspace = placement.WorkspaceBytes + constants.Bytes.Length <= int.MaxValue
            ? (int)placement.WorkspaceBytes
            : throw QatGenException.Of(BpuRules.AddressSpace, "", Text(placement.WorkspaceBytes + constants.Bytes.Length), Text(int.MaxValue));
        var program = new BpuProgram(
            graph.Signature,
            new(options.Batch, sramBytes, workspace, Bindings(steps.Inputs), Bindings(steps.Outputs)),
            Macs(graph, steps, options.Batch),
            Scheduler.Schedule(steps, geometries, placement, constants),
            constants.Bytes);
        program.Verify();
        return program;

        Seq<Binding> Bindings(Seq<View> views) => views.Select(v =>
            new Binding(v.Shape.Packed.Box(constants.Bytes.Length + placement.InDdr[v.Id], 0, 0, v.Shape.Height, 0, v.Shape.Channels), (int)v.Shape.Packed.FrameBytes)).ToSeq();
    }

    private static CompilerOptions Checked(CompilerOptions options) =>
        options.Batch < 1 ? throw QatGenException.Of(BpuRules.Options, "", nameof(options.Batch), Text(options.Batch))
        : options.SramBytes < 0 ? throw QatGenException.Of(BpuRules.Options, "", nameof(options.SramBytes), Text(options.SramBytes))
        : options;

    /// <summary>Shape and type of every value; throws with all violations of shapes and of the march's limits.</summary>
    private static Fact[] Check(IntGraph graph, MarchSpec march, int batch)
    {
        graph.Verify();
        var checker = new MarchChecker(march);
        graph.Forward(checker, [.. graph.Constants.Select(Fact.Of)], Inputs(graph, batch));
        return checker.Violations.Any(static v => v.Rule.Severity == RuleSeverity.Error) ? throw new QatGenException(checker.Violations) : graph.Facts(batch);
    }

    /// <summary>Names and multiply-accumulates of the layers, per run.</summary>
    private static Seq<ProgramLayer> Macs(IntGraph graph, StepProgram steps, int batch)
    {
        var cost = new CostChecker();
        graph.Forward(cost, [.. graph.Constants.Select(Fact.Of)], Inputs(graph, batch));
        var macs = cost.Layers.ToLookup(static l => l.Layer, static l => l.Macs ?? 0);
        return steps.Layers.Select(name => new ProgramLayer(name, macs[name].Sum())).ToSeq();
    }

    private static Fact[] Inputs(IntGraph graph, int batch) => [.. graph.Signature.Inputs.Select(i => Fact.Of(i.WithBatch(batch), i.DType))];

    private static string Text(long n) => n.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
