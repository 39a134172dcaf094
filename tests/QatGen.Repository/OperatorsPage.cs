using System.Globalization;
using System.Text;
using QatGen.Arithmetic;
using QatGen.Graphs;
using QatGen.Marches;
using QatGen.Operators;
using QatGen.Passes;
using QatGen.Primitives;

namespace QatGen.Repository;

/// <summary>docs/operators.md: what each march takes of every operator and primitive, asked of the code that decides it.</summary>
internal static class OperatorsPage
{
    private static readonly MarchSpec[] Marches = [.. Enum.GetValues<March>().Select(MarchSpec.Get)];
    private static readonly DType[] Activations = [DType.QInt8, DType.QInt16];

    public static string Write()
    {
        var page = new StringBuilder("# Operators and limits\n\nWritten from `QatGen.Core` by `tests/QatGen.Repository` (`QATGEN_ACCEPT=1 dotnet test tests/QatGen.Repository`).\n\n");
        page.Append("Types are read → written; where an operator gives several they are a setting of the layer. An operator keeps the limits of the primitives it runs as, which stand in the second table.\n");
        page.Append("A limit whose shape is not known while typing is checked when the model is converted and when it is compiled.\n");

        page.Append("\n## Operators\n\n| operator | written as | result | march | types | runs as | beyond the limits of its primitives |\n|---|---|---|---|---|---|---|\n");
        foreach (var op in Catalogue.All.Where(static o => o.Forms.Count > 0))
        {
            var name = $"{op.Name} | {string.Join(", ", op.Forms.Select(static f => $"{f.Kind} `{f.Name}`"))} | {Result(op)}";
            foreach (var rows in Marches.GroupBy(m => Support(op, m.March)))
            {
                page.Append(CultureInfo.InvariantCulture, $"| {name} | {Names(rows)} | {rows.Key.Types} | {rows.Key.Primitives} | {rows.Key.Notes} |\n");
                name = " | | ";
            }
        }

        page.Append("\n## Primitives\n\n| primitive | march | types | takes only |\n|---|---|---|---|\n");
        foreach (var table in PrimitiveTable.All)
        {
            var name = table.Name;
            foreach (var rows in Marches.GroupBy(m => table.Describe(m.March)))
            {
                page.Append(CultureInfo.InvariantCulture, $"| {name} | {Names(rows)} | {(rows.Key is { } row ? $"{Names(row.Reads)} → {Names(row.Writes)} | {string.Join("<br>", row.Limits)}" : "not there |")} |\n");
                name = "";
            }
        }

        page.Append("\n## Marches\n\nScales are float32: one for an activation, one for each output channel of a weight (int8). Sums are int32.\n\n");
        page.Append("| march | chips | multiply-accumulates per cycle (channels in x out x positions) | channel by channel, per cycle | clock | channels are padded to | on-chip memory | DDR | to start an instruction | to start an inference |\n|---|---|---|---|---|---|---|---|---|---|\n");
        foreach (var march in Marches)
        {
            var h = march.Hardware;
            var positions = h.MacsPerCycle / (h.ChannelAlignment * h.ChannelAlignment);
            page.Append(CultureInfo.InvariantCulture, $"| {march.DisplayName} | {march.Chips} | {h.MacsPerCycle} ({h.ChannelAlignment} x {h.ChannelAlignment} x {positions}) | {h.ElementsPerCycle} | {h.ClockHz / 1e9} GHz | {h.ChannelAlignment} | {h.SramBytes >> 20} MiB | {h.DdrBytesPerSecond / 1e9} GB/s | {h.LayerOverheadCycles} cycles | {h.CallOverheadMicroseconds} us |\n");
        }

        page.Append("\n## Tables of functions\n\nBetween the entries of a segment an int16 is interpolated; left and right of the segments it follows a line.\n\n| march | input | entries | segments | interpolation bits | on-chip memory of one table |\n|---|---|---|---|---|---|\n");
        foreach (var (type, marches) in Activations.Select(static t => (t, Marches.Where(m => ReadsTables(m, t)))))
        {
            var segments = type == DType.QInt16;
            page.Append(CultureInfo.InvariantCulture, $"| {Names(marches)} | {type.Name()} | {TableConstant.EntryCount(type)} | {(segments ? $"{SegmentTable.Segments} of {SegmentTable.Entries}" : "none")} | {(segments ? $"{SegmentTable.InterpolationBits}" : "none")} | {TableConstant.Bytes(type)} bytes |\n");
        }

        return page.ToString();
    }

    private static bool ReadsTables(MarchSpec march, DType type) => PrimitiveTable.All.Any(t => t.Name == "table function" && t.Describe(march.March) is { } row && row.Reads.Contains(type));

    private static string Result(Operator op) =>
        op.IsIdentity ? "removed at deployment" : op.Fusion == Fusion.BatchNorm ? "part of the convolution before it" : string.Join(" or ", op.Examples().Select(e => Scale(op, e)).Distinct().Order());

    private static string Scale(Operator op, Example example)
    {
        var (node, roles) = (example.Node, op.Constants(example.Node));
        return roles.Count == 0 && !op.IsComposite(node) && op.Lower(new FactChecker(), node, Inputs(op, example, DType.QInt8), []).DType == DType.QInt32 ? "positions"
            : roles.Any(static r => r.Scale > 0) ? "scale that the call says" : op.OwnsScaleIn(node) ? "own scale"
            : roles.Any(static r => r.Kind == ConstantKind.Compare) ? "0 or 1"
            : roles.Any(static r => r.Kind == ConstantKind.Tensor) ? "scale of the tensor"
            : roles.Any(static r => r.ScaleOf >= 0 && Math.Abs(r.Factor(r.ScaleOf)) != 1) ? "input's scale times the number"
            : "keeps its input's scale";
    }

    /// <summary>The operator's own examples, lowered for the march in every pair of types.</summary>
    private static (string Types, string Primitives, string Notes) Support(Operator op, March march)
    {
        var notes = op.MarchNotes.Where(n => n.Marches.Contains(march)).ToArray();
        if (notes.Any(static n => n.IsRefused))
        {
            return ("not there", "", "");
        }

        var pairs = new List<(DType Input, DType Output)>();
        var primitives = new List<string>();
        foreach (var (input, output) in Activations.SelectMany(i => Activations.Select(o => (i, o))))
        {
            foreach (var example in op.Examples().Where(e => (output == input || op.OwnsScaleIn(e.Node)) && notes.Sum(n => Refusals(n, e, input)) == notes.Sum(n => Refusals(n, e))))
            {
                var checker = new MarchChecker(MarchSpec.Get(march));
                var inputs = Inputs(op, example, input);
                var result = op.IsComposite(example.Node) ? Expanded(example, march, checker, inputs, output)
                    : op.Lower(checker, example.Node, inputs, [.. op.Constants(example.Node).Select(r => new Fact(r.Shape, IsResult(r) ? output : r.DType))]);
                if (!checker.Violations.Any(static v => v.Rule != MarchRules.Limit) && LimitsAreOfShapes(checker))
                {
                    pairs.Add((input, result.DType));
                    primitives.AddRange(checker.Primitives);
                }
            }
        }

        var types = pairs.Distinct().GroupBy(static p => p.Input).Select(static g => $"{g.Key.Name()} → {Names(g.Select(static p => p.Output).Order())}");
        return (op.IsIdentity || op.Fusion == Fusion.BatchNorm ? "any" : pairs.Count == 0 ? "not there" : string.Join("<br>", types), string.Join(", ", primitives.Distinct()), string.Join("<br>", notes.Select(static n => n.Text)));

        int Refusals(MarchNote note, Example example, params DType[] types) => note.Check(march, new(example.Node, IsOutputOnly: true, new(types))).Count();

        // An example may be too large for a march, or its type not allowed together with its geometry.
        static bool LimitsAreOfShapes(MarchChecker checker) => !checker.Violations.Any(static v => v.Arguments[2].Contains("qint", StringComparison.Ordinal));
    }

    private static Fact[] Inputs(Operator op, Example example, DType type) =>
        [.. example.InputShapes.Select((s, i) => Fact.Of(s, i == op.IndexOperand ? DType.QInt32 : type)), .. example.ParameterShapes.Select(s => Fact.Of(s, type) with { IsConstant = true })];

    /// <summary>A composite as the operators that it is made of.</summary>
    private static Fact Expanded(Example example, March march, MarchChecker checker, Fact[] given, DType output)
    {
        // The example's nodes read its parameters themselves.
        var inputs = given[..example.InputShapes.Count];
        var graph = new Graph("", "", march, inputs.Select(static (f, i) => new GraphInput($"x{i}", f.Shape, 0, f.DType)).ToSeq(), example.Nodes, new(example.InputShapes.Count + example.Nodes.Count - 1));
        var expanded = ExpandComposites.Run(graph, []);
        var constants = Lowering.Slots(expanded).Select(s => s.Node.Part?.Type is null && IsResult(s.Role) ? new Fact(s.Role.Shape, s.Role.ScaleOf < 0 ? output : inputs[0].DType) : s.Fact);
        return Lowering.Run(expanded, checker, [.. constants], inputs)[0];
    }

    /// <summary>Whether a constant has the type of the operator's result.</summary>
    private static bool IsResult(ConstantRole role) => role is { Kind: ConstantKind.Rescale or ConstantKind.Table, DType: DType.QInt8 };

    private static string Names(IEnumerable<DType> types) => string.Join(", ", types.Select(static t => t.Name()));

    private static string Names(IEnumerable<MarchSpec> marches) => string.Join(", ", marches.Select(static m => m.DisplayName));
}
